using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>How a CSV file separates and escapes.</summary>
/// <param name="Delimiter">The byte between cells.</param>
/// <param name="BackslashQuotes">A backslash before a quote escapes it, instead of a second quote.</param>
internal sealed record CsvDialect(byte Delimiter, bool BackslashQuotes)
{
    private static readonly (byte Byte, string Name)[] Known =
        [((byte)',', "comma"), ((byte)';', "semicolon"), ((byte)'\t', "tab"), ((byte)'|', "pipe")];

    public string DelimiterName => Known.First(known => known.Byte == Delimiter).Name;

    /// <summary>The dialect that splits the first records most evenly.</summary>
    public static CsvDialect Detect(ReadOnlySpan<byte> head, bool headIsAll, CsvRecipe recipe)
    {
        bool backslash = UsesBackslash(head);
        if (recipe.Delimiter is { } asked)
        {
            return new CsvDialect(Named(asked), backslash);
        }

        var best = new CsvDialect((byte)',', backslash);
        double bestScore = -1;
        foreach (var (candidate, _) in Known)
        {
            var dialect = new CsvDialect(candidate, backslash);
            double score = Score(head, headIsAll, dialect);
            if (score > bestScore)
            {
                best = dialect;
                bestScore = score;
            }
        }

        return best;
    }

    private static byte Named(string asked)
    {
        foreach (var (candidate, name) in Known)
        {
            if (string.Equals(asked, name, StringComparison.OrdinalIgnoreCase) || (asked.Length == 1 && asked[0] == candidate))
            {
                return candidate;
            }
        }

        throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            $"the delimiter \"{asked}\" is not known",
            "Use comma, semicolon, tab or pipe, or leave it out to have it detected",
            Field: "dataset.csv.delimiter"));
    }

    /// <summary>A backslash-quote that cannot end a cell, and hardly any doubled quote inside one.</summary>
    private static bool UsesBackslash(ReadOnlySpan<byte> head)
    {
        int escaped = 0;
        int doubled = 0;
        for (int i = 1; i + 2 < head.Length; i++)
        {
            if (head[i] != '"')
            {
                continue;
            }

            byte next = head[i + 1];
            if (head[i - 1] == '\\' && char.IsAsciiLetterOrDigit((char)next))
            {
                escaped++;
            }
            else if (next == '"' && char.IsAsciiLetterOrDigit((char)head[i + 2]) && head[i - 1] is not ((byte)',' or (byte)'\n'))
            {
                doubled++;
            }
        }

        return escaped > 0 && escaped > doubled;
    }

    /// <summary>Share of the first records that have as many cells as the first one; more cells win between equals.</summary>
    private static double Score(ReadOnlySpan<byte> head, bool headIsAll, CsvDialect dialect)
    {
        var batch = new RecordBatch(head[..Math.Min(head.Length, 1 << 18)].ToArray());
        var scanner = new CsvScanner(dialect);
        int used = 0;
        bool final = headIsAll && batch.Buffer.Length == head.Length;
        try
        {
            while (batch.RecordCount < 500 && scanner.TryReadRecord(batch, batch.Buffer.Length, final, ref used))
            {
            }
        }
        catch (BrokenQuoteException)
        {
            // The real reading says where; here it only means that fewer records are compared.
        }

        if (batch.RecordCount == 0)
        {
            return 0;
        }

        int columns = batch.Records[0].Fields;
        int even = 0;
        for (int i = 0; i < batch.RecordCount; i++)
        {
            even += batch.Records[i].Fields == columns ? 1 : 0;
        }

        return columns == 1 ? 0 : ((double)even / batch.RecordCount) + (Math.Min(columns, 50) * 0.001);
    }
}
