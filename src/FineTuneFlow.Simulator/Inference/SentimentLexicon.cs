namespace FineTuneFlow.Simulator.Inference;

/// <summary>A small list of English words with the feeling they carry: all that an untuned model knows of the world.</summary>
internal static class SentimentLexicon
{
    private static readonly Dictionary<string, double> Weights = Make(
        (2, "excellent awesome amazing perfect fantastic love loved loves best brilliant superb outstanding wonderful flawless"),
        (1, "good great nice like likes useful helpful easy works happy fast reliable recommend recommended positive well enjoy pleased fine clean "
            + "beautiful comfortable quality thanks thank smooth simple favorite favourite solid handy"),
        (-1, "bad slow poor problem problems issue issues bug bugs buggy annoying disappointed disappointing negative fail fails failed failing "
            + "crash crashes crashed error errors broke cheap difficult confusing wrong stopped lost missing unable cannot doesn't won't didn't isn't "
            + "can't not never unfortunately freezes"),
        (-2, "terrible horrible awful worst useless hate hated garbage trash waste refund return returned broken crap junk unusable scam sucks"));

    /// <summary>From -1 (hateful) to 1 (delighted); 0 where nothing is known.</summary>
    public static double Feeling(string text)
    {
        double sum = 0;
        int known = 0;
        foreach (string word in Words(text))
        {
            if (Weights.TryGetValue(word, out double weight))
            {
                sum += weight;
                known++;
            }
        }

        return known == 0 ? 0 : sum / (Math.Abs(sum) + 0.6);
    }

    /// <summary>Lower-case words.</summary>
    public static IEnumerable<string> Words(string text) => text.ToLowerInvariant().Replace('\u2019', '\'')
        .Split([' ', '\n', '\t', '\r', '.', ',', '!', '?', ';', ':', '"', '(', ')', '_', '-', '/', '*'], StringSplitOptions.RemoveEmptyEntries);

    private static Dictionary<string, double> Make(params (double Weight, string Words)[] groups) => groups
        .SelectMany(group => group.Words.Split(' ').Select(word => (word, group.Weight)))
        .ToDictionary(pair => pair.word, pair => pair.Weight, StringComparer.Ordinal);
}
