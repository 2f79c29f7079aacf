using System.Globalization;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Guesses an encoding from the letters that its bytes would be: in the right one they are the usual letters of one language,
/// next to letters of the same script, with capitals where capitals stand.</summary>
internal static class EncodingGuess
{
    /// <summary>Below it, a person must look.</summary>
    public const double Certain = 0.95;

    private const int SampleBytes = 12_000;
    private const int ExampleLength = 80;
    // Scores of letters that stand together are not independent evidence; half of it is believed.
    private const double Believed = 0.5;

    /// <summary>What each encoding would have to be read by, and how much rarer it is than the usual ones, in nats.</summary>
    private static readonly (string Name, string[] Languages, double Rarity)[] Candidates =
    [
        ("windows-1252", Languages.Western, 0),
        ("utf-8", Languages.All, 0),
        ("windows-1250", Languages.Central, 4),
        ("windows-1251", Languages.Cyrillic, 0),
        ("windows-1253", Languages.Greek, 0),
        ("windows-1254", Languages.Turkish, 4),
        ("windows-1255", Languages.Hebrew, 0),
        ("windows-1256", Languages.Arabic, 0),
        ("windows-1257", Languages.Baltic, 4),
        ("windows-874", Languages.Thai, 0),
        ("gb18030", Languages.Chinese, 0),
        ("big5", Languages.Taiwanese, 0),
        ("shift_jis", Languages.Japanese, 0),
        ("euc-jp", Languages.Japanese, 2),
        ("ks_c_5601-1987", Languages.Korean, 0),
        ("koi8-r", Languages.Cyrillic, 2),
        ("koi8-u", Languages.Cyrillic, 2.5),
        ("iso-8859-5", Languages.Cyrillic, 4),
        ("ibm866", Languages.Cyrillic, 3),
        ("x-mac-cyrillic", Languages.Cyrillic, 4),
        ("macintosh", Languages.Western, 4),
        ("x-mac-ce", Languages.Central, 7),
        ("ibm850", Languages.Western, 4),
        ("ibm852", Languages.Central, 6),
        ("iso-8859-2", Languages.Central, 5),
        ("iso-8859-7", Languages.Greek, 2),
        ("iso-8859-8", Languages.Hebrew, 2),
        ("iso-8859-6", Languages.Arabic, 3),
        ("iso-8859-15", Languages.Western, 2),
    ];

    /// <param name="head">The first bytes of a file that is not UTF-8.</param>
    public static SourceEncoding Of(ReadOnlySpan<byte> head)
    {
        byte[] sample = Sample(head);
        var guesses = Candidates
            .Select(candidate => Guess(candidate.Name, candidate.Languages, candidate.Rarity, sample))
            .OrderByDescending(guess => guess.Score)
            .ToList();
        var best = guesses[0];
        // Encodings that agree on all these bytes are one guess.
        var next = guesses.First(guess => guess.Text != best.Text);
        if (best.Name == "utf-8")
        {
            return SourceEncoding.Utf8;
        }

        double certainty = Math.Round(1 / (1 + Math.Exp(-(best.Score - next.Score) * Believed)), 3);
        string name = best.Name == "windows-1252" ? SourceEncoding.Latin1.Name : best.Name == "ks_c_5601-1987" ? "euc-kr" : best.Name;
        return new SourceEncoding(name, CodePages.Find(best.Name))
        {
            Certainty = certainty,
            Guessed = true,
            Rival = next.Name,
            Example = string.Create(CultureInfo.InvariantCulture, $"as {next.Name}: {Line(next.Text)}   as {name}: {Line(best.Text)}"),
        };
    }

    private static (string Name, string Text, double Score) Guess(string name, string[] languages, double rarity, byte[] sample)
    {
        string text = CodePages.Find(name)!.GetString(sample);
        return (name, text, languages.Max(language => LetterScore.Of(text, language)) - rarity);
    }

    /// <summary>Lines with bytes above 127, up to a size that is plenty to tell a language by.</summary>
    private static byte[] Sample(ReadOnlySpan<byte> head)
    {
        var sample = new List<byte>(SampleBytes);
        while (!head.IsEmpty && sample.Count < SampleBytes)
        {
            int end = head.IndexOf((byte)'\n');
            ReadOnlySpan<byte> line = end < 0 ? head : head[..(end + 1)];
            if (line.IndexOfAnyInRange((byte)0x80, (byte)0xFF) >= 0)
            {
                sample.AddRange(line[..Math.Min(line.Length, SampleBytes)]);
            }

            head = head[line.Length..];
        }

        return [.. sample];
    }

    private static string Line(string text)
    {
        string[] lines = text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        string line = lines.Length > 1 ? lines[1] : lines.FirstOrDefault("");
        var letters = new StringInfo(line);
        return letters.LengthInTextElements <= ExampleLength ? line : letters.SubstringByTextElements(0, ExampleLength) + "…";
    }
}
