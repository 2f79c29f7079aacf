using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Samples;

/// <summary>Made-up app reviews of any number, with what real ones have: five stars far more often than two, the same short text
/// many times and sometimes with another star, line breaks, quotes, emoji, invisible characters, ten other languages, stars
/// that do not fit the words. Nothing in it is from anybody.</summary>
public static class SampleReviews
{
    public const string Header = "review_id,app,review_title,review,date,stars";

    private const double Duplicates = 0.04;
    private const double Conflicts = 0.01;

    /// <summary>How far back a repeated text may lie.</summary>
    private const int Memory = 2_000;

    private static readonly string[] Apps =
    [
        "com.example.mailbox", "com.example.notes", "com.example.fitness", "com.example.recipes", "com.example.weather", "com.example.bank",
        "com.example.podcasts", "com.example.transit", "com.example.photos", "com.example.chat",
    ];

    private static readonly string[] Pictures = ["😀", "👍", "👎", "😡", "❤️", "🎉", "🤷🏽‍♀️", "⭐⭐⭐⭐⭐", "👨‍👩‍👧", "🇩🇪", "😭", "💯"];

    private static readonly string[] Invisible = ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u00a0", "\u2060"];

    /// <summary>Writes a CSV in UTF-8 with a header: the same bytes for the same seed everywhere; fewer rows are the beginning of more.</summary>
    /// <param name="csv">Stays open.</param>
    /// <param name="rows">From 0.</param>
    /// <param name="seed">Any.</param>
    /// <param name="progress">Told the rows written, now and then.</param>
    /// <param name="cancellation">Stops between two rows.</param>
    public static void Write(Stream csv, long rows, int seed = 42, IProgress<long>? progress = null, CancellationToken cancellation = default)
    {
        if (rows < 0)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"{rows} rows cannot be written", "Ask for 1 row or more.", Field: "rows"));
        }

        using var writer = new StreamWriter(csv, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" };
        writer.WriteLine(Header);
        var recent = new Review[Memory];
        var text = new StringBuilder();
        for (long row = 0; row < rows; row++)
        {
            if (row % 10_000 == 0)
            {
                cancellation.ThrowIfCancellationRequested();
                progress?.Report(row);
            }

            SampleRandom random = SampleRandom.ForRow(seed, row);
            Review review = Repeated(recent, row, ref random) ?? New(text, ref random);
            recent[row % Memory] = review;
            WriteRow(writer, row, review, ref random);
        }

        progress?.Report(rows);
    }

    /// <summary>An earlier review again, now and then with another star.</summary>
    private static Review? Repeated(Review[] recent, long row, ref SampleRandom random)
    {
        bool conflict = random.Chance(Conflicts);
        bool again = random.Chance(Duplicates);
        if (row == 0 || !(conflict || again))
        {
            return null;
        }

        Review review = recent[random.Below((int)Math.Min(row, Memory))];
        return conflict ? review with { Stars = review.Stars == 5 ? 1 + random.Below(4) : review.Stars + 1 } : review;
    }

    private static Review New(StringBuilder text, ref SampleRandom random)
    {
        int stars = Stars(ref random);
        // The star does not always fit the words: a slip, irony, a neighbour.
        int level = random.Chance(0.87) ? stars - 1
            : random.Chance(0.7) ? Math.Clamp(stars - 1 + (random.Chance(0.5) ? 1 : -1), 0, 4)
            : random.Below(5);
        bool other = random.Chance(0.08);
        string title = other || random.Chance(0.12) ? "" : EnglishReview.Title(level, ref random);
        text.Clear();
        if (other)
        {
            OtherLanguages.Write(text, level, ref random);
        }
        else
        {
            EnglishReview.Write(text, level, ref random);
        }

        Disturb(text, ref random);
        return new Review(title, text.ToString(), stars);
    }

    /// <summary>As app stores have it: half five stars, then one star.</summary>
    private static int Stars(ref SampleRandom random) => random.Below(100) switch
    {
        < 48 => 5,
        < 66 => 4,
        < 75 => 3,
        < 82 => 2,
        _ => 1,
    };

    private static void Disturb(StringBuilder text, ref SampleRandom random)
    {
        if (random.Chance(0.10))
        {
            text.Append(random.Chance(0.8) ? " " : "").Append(random.Pick<string>(Pictures));
        }

        if (random.Chance(0.04))
        {
            text.Insert(0, "\"").Append('"');
        }

        if (random.Chance(0.05))
        {
            text.Append(random.Chance(0.3) ? "\r\n" : "\n").Append(random.Chance(0.5) ? "P.S. Sent from my phone" : "Edit: still the same");
        }

        if (random.Chance(0.01))
        {
            int at = random.Below(text.Length + 1);
            // Never into the middle of a surrogate pair.
            text.Insert(at < text.Length && char.IsLowSurrogate(text[at]) ? at + 1 : at, random.Pick<string>(Invisible));
        }

        if (random.Chance(0.01))
        {
            text.Append(" &amp; that&#39;s it");
        }

        if (random.Chance(0.005))
        {
            // Spreadsheets take these for formulas.
            text.Insert(0, random.Pick<string>(["=", "+", "-", "@"]));
        }

        if (random.Chance(0.002))
        {
            text.Clear().Append("  ");
        }
        else if (random.Chance(0.0005))
        {
            text.Append(" <|endoftext|>");
        }
    }

    private static void WriteRow(StreamWriter writer, long row, Review review, ref SampleRandom random)
    {
        var date = new DateOnly(2024, 1, 1).AddDays((int)(row % 700));
        writer.Write("r");
        writer.Write((row + 1).ToString("D7", CultureInfo.InvariantCulture));
        writer.Write(',');
        writer.Write(random.Pick<string>(Apps));
        writer.Write(',');
        WriteCell(writer, review.Title);
        writer.Write(',');
        WriteCell(writer, review.Text);
        writer.Write(',');
        writer.Write(date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        writer.Write(',');
        writer.WriteLine((char)('0' + review.Stars));
    }

    private static void WriteCell(StreamWriter writer, string cell)
    {
        if (cell.AsSpan().IndexOfAny(",\"\r\n") < 0)
        {
            writer.Write(cell);
            return;
        }

        writer.Write('"');
        writer.Write(cell.Replace("\"", "\"\"", StringComparison.Ordinal));
        writer.Write('"');
    }

    private sealed record Review(string Title, string Text, int Stars);
}
