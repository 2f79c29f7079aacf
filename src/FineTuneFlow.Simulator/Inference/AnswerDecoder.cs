using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>Emits an answer token by token. The probability of a token is that of all answers which go on with it; a little
/// mass goes to tokens that no answer has, as with a real vocabulary.</summary>
internal static class AnswerDecoder
{
    private const double UnsureLater = 0.002;
    private const string End = "<|end|>";
    private static readonly string[] Fillers =
    [
        "\n", " The", " I", " and", "The", " a", "I", " not", ".", " very", " it",
        "\n\n", " \"", "It", " This", " good", "A", " is", " to", " of", "?",
    ];

    public static Answer Decode(AnswerSet set, ReadOnlySpan<double> probabilities, SamplingOptions options)
    {
        var random = new StableRandom(options.Seed);
        var emitted = new List<AnswerToken>(2);
        List<int>? active = null;
        for (int step = 0; ; step++)
        {
            (List<(string Text, double Probability)> candidates, int answers) = Candidates(set, probabilities, active, step, options);
            if (answers == 0)
            {
                return new Answer(emitted, Finished: true);
            }

            if (emitted.Count == options.MaximumTokens)
            {
                return new Answer(emitted, Finished: false);
            }

            (string text, double probability) = Choose(candidates, options, random);
            if (text == End)
            {
                return new Answer(emitted, Finished: true);
            }

            emitted.Add(new AnswerToken(Token(text, probability), Top(candidates, options.TopLogProbabilities)));
            active = Continue(set, active, step, text);
        }
    }

    /// <summary>The tokens that may come next, most probable first, and how many of them belong to answers.</summary>
    private static (List<(string Text, double Probability)> Candidates, int Answers) Candidates(
        AnswerSet set, ReadOnlySpan<double> probabilities, List<int>? active, int step, SamplingOptions options)
    {
        var candidates = new List<(string Text, double Probability)>(Math.Min(set.Tokens.Length, 32) + Fillers.Length);
        double total = 0;
        double end = 0;
        int count = active?.Count ?? set.Tokens.Length;
        var places = new Dictionary<int, int>(Math.Min(count, 64));
        for (int i = 0; i < count; i++)
        {
            int answer = active is null ? i : active[i];
            double probability = Math.Max(probabilities[answer], 1e-12);
            total += probability;
            int[] tokens = set.Tokens[answer];
            if (tokens.Length == step)
            {
                end += probability;
            }
            else if (places.TryGetValue(tokens[step], out int place))
            {
                candidates[place] = (candidates[place].Text, candidates[place].Probability + probability);
            }
            else
            {
                places[tokens[step]] = candidates.Count;
                candidates.Add((set.Vocabulary[tokens[step]], probability));
            }
        }

        int answers = candidates.Count;
        if (answers == 0)
        {
            return (candidates, 0);
        }

        if (end > 0)
        {
            candidates.Add((End, end));
        }

        double unsure = step == 0 ? options.Unsure : UnsureLater;
        for (int i = 0; i < candidates.Count; i++)
        {
            candidates[i] = (candidates[i].Text, candidates[i].Probability / total * (1 - unsure));
        }

        AddFillers(candidates, unsure);
        candidates.Sort(static (a, b) => a.Probability != b.Probability
            ? b.Probability.CompareTo(a.Probability)
            : string.CompareOrdinal(a.Text, b.Text));
        return (candidates, answers);
    }

    /// <summary>First the likeliest token with and without its leading space, then words of running text, each with two thirds of
    /// the mass of the one before.</summary>
    private static void AddFillers(List<(string Text, double Probability)> candidates, double unsure)
    {
        int known = candidates.Count;
        int best = 0;
        for (int i = 1; i < known; i++)
        {
            best = candidates[i].Probability > candidates[best].Probability ? i : best;
        }

        string likeliest = candidates[best].Text;
        string variant = likeliest.Length > 1 && likeliest[0] == ' ' ? likeliest[1..] : " " + likeliest;
        double share = unsure / 3;
        foreach (string filler in Fillers.Prepend(variant))
        {
            bool taken = false;
            for (int i = 0; i < known && !taken; i++)
            {
                taken = candidates[i].Text == filler;
            }

            if (!taken)
            {
                candidates.Add((filler, share));
                share *= 2.0 / 3;
            }
        }
    }

    private static (string Text, double Probability) Choose(
        List<(string Text, double Probability)> candidates, SamplingOptions options, StableRandom random)
    {
        double temperature = options.Temperature;
        if (temperature < 0.01)
        {
            return candidates[0];
        }

        double highest = StableMath.Log(candidates[0].Probability);
        double sum = 0;
        Span<double> weights = candidates.Count <= 256 ? stackalloc double[candidates.Count] : new double[candidates.Count];
        for (int i = 0; i < candidates.Count; i++)
        {
            weights[i] = StableMath.Exp((StableMath.Log(candidates[i].Probability) - highest) / temperature);
            sum += weights[i];
        }

        int drawnFrom = candidates.Count;
        double kept = sum;
        if (options.TopP < 1)
        {
            kept = 0;
            for (drawnFrom = 0; drawnFrom < candidates.Count && (drawnFrom == 0 || kept < options.TopP * sum); drawnFrom++)
            {
                kept += weights[drawnFrom];
            }
        }

        double drawn = random.NextDouble() * kept;
        for (int i = 0; i < drawnFrom; i++)
        {
            drawn -= weights[i];
            if (drawn < 0)
            {
                return candidates[i];
            }
        }

        return candidates[0];
    }

    private static List<int> Continue(AnswerSet set, List<int>? active, int step, string text)
    {
        var next = new List<int>();
        int count = active?.Count ?? set.Tokens.Length;
        for (int i = 0; i < count; i++)
        {
            int answer = active is null ? i : active[i];
            if (set.Tokens[answer].Length > step && set.Vocabulary[set.Tokens[answer][step]] == text)
            {
                next.Add(answer);
            }
        }

        return next;
    }

    private static TokenProbability[] Top(List<(string Text, double Probability)> candidates, int count)
    {
        var top = new TokenProbability[Math.Min(count, candidates.Count)];
        for (int i = 0; i < top.Length; i++)
        {
            top[i] = Token(candidates[i].Text, candidates[i].Probability);
        }

        return top;
    }

    private static TokenProbability Token(string text, double probability) => new(text, StableMath.Log(probability));
}
