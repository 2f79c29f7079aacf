using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Tells the dialect of a CSV file from its first records: the one that splits them most evenly.</summary>
internal static class DialectDetection
{
    private const int HeadBytes = 1 << 18;
    private const int MostTitles = 10;
    private const double Even = 0.9;
    private const double MostlyQuoted = 0.8;
    private const double Tie = 0.02;

    public static CsvDialect Detect(ReadOnlySpan<byte> head, bool headIsAll, CsvRecipe recipe)
    {
        bool final = headIsAll && head.Length <= HeadBytes;
        byte[] start = head[..Math.Min(head.Length, HeadBytes)].ToArray();
        byte? said = SeparatorLine(start, out int line);
        byte[] body = start[line..];
        byte? asked = recipe.Delimiter is { } name ? Named(name) : said;
        byte? quote = recipe.Quote switch { CsvQuote.None => 0, CsvQuote.Single => (byte)'\'', CsvQuote.Double => (byte)'"', _ => null };

        var looks = new List<DialectLook>();
        foreach (var (delimiter, _) in CsvDialect.Known)
        {
            if (asked is null || asked == delimiter)
            {
                looks.Add(Best(body, final, delimiter, quote));
            }
        }

        // The first of equals stays the first.
        for (int i = 1; i < looks.Count; i++)
        {
            for (int at = i; at > 0 && looks[at].Score > looks[at - 1].Score; at--)
            {
                (looks[at], looks[at - 1]) = (looks[at - 1], looks[at]);
            }
        }

        DialectLook best = looks[0];
        CsvDialect dialect = best.Dialect with { RecordsAboveHeader = line > 0 ? 1 : 0 };
        if (looks.Count > 1 && looks[1].Share >= Even && best.Share - looks[1].Share < Tie && best.HeaderFits == looks[1].HeaderFits)
        {
            DialectLook other = looks[1];
            (int ours, int theirs) = (best.KnownNames, other.KnownNames);
            // No line names a delimiter here: then there would be one look.
            dialect = ours == theirs ? dialect with { Rival = other.Dialect.DelimiterName } : ours > theirs ? dialect : other.Dialect;
            best = ours >= theirs ? best : other;
        }

        return recipe.Header ? dialect with { RecordsAboveHeader = dialect.RecordsAboveHeader + best.Titles(MostTitles) } : dialect;
    }

    private static DialectLook Best(byte[] head, bool final, byte delimiter, byte? quote)
    {
        var dialect = new CsvDialect(delimiter) { Quote = quote ?? (byte)'"' };
        dialect = dialect with
        {
            BackslashQuotes = dialect.Quote != 0 && UsesBackslash(head, dialect),
            BlankBeforeQuote = dialect.Quote != 0 && HasBlankBeforeQuote(head, dialect),
        };
        DialectLook look = DialectLook.At(head, final, dialect);
        if (quote is null && head.AsSpan().IndexOf([delimiter, (byte)'\'']) >= 0)
        {
            DialectLook single = DialectLook.At(head, final, new CsvDialect(delimiter) { Quote = (byte)'\'' });
            look = single.Quoted >= MostlyQuoted && single.Share >= look.Share && look.Quoted == 0 ? single : look;
        }

        // Writers that never quote put a backslash before a delimiter and before a line break.
        if (head.AsSpan().IndexOf([(byte)'\\', delimiter]) >= 0 || head.AsSpan().IndexOf("\\\n"u8) >= 0 || head.AsSpan().IndexOf("\\\r"u8) >= 0)
        {
            DialectLook escaped = DialectLook.At(head, final, look.Dialect with { BackslashDelimiters = true });
            look = escaped.Share > look.Share ? escaped : look;
        }

        return look;
    }

    private static byte Named(string asked)
    {
        foreach (var (candidate, name) in CsvDialect.Known)
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

    /// <summary>The delimiter that a first line such as <c>sep=;</c> names.</summary>
    /// <param name="head">The first bytes.</param>
    /// <param name="length">Bytes of that line with its end; 0 where there is none.</param>
    private static byte? SeparatorLine(ReadOnlySpan<byte> head, out int length)
    {
        int end = head.IndexOfAny((byte)'\r', (byte)'\n');
        string line = end is > 0 and < 16 ? Encoding.UTF8.GetString(head[..end]).Trim('"') : "";
        length = 0;
        if (!line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase) || line.Length != 5 || !CsvDialect.Known.Any(known => known.Byte == line[4]))
        {
            return null;
        }

        length = end + (head[end..].StartsWith("\r\n"u8) ? 2 : 1);
        return (byte)line[4];
    }

    /// <summary>A backslash-quote that cannot end a cell, and hardly any doubled quote inside one.</summary>
    private static bool UsesBackslash(ReadOnlySpan<byte> head, CsvDialect dialect)
    {
        int escaped = 0;
        int doubled = 0;
        for (int i = 1; i + 2 < head.Length; i++)
        {
            if (head[i] != dialect.Quote)
            {
                continue;
            }

            byte next = head[i + 1];
            if (head[i - 1] == '\\' && next != dialect.Quote && next != dialect.Delimiter && next is not ((byte)'\r' or (byte)'\n'))
            {
                escaped++;
            }
            else if (next == dialect.Quote && char.IsAsciiLetterOrDigit((char)head[i + 2]) && head[i - 1] != dialect.Delimiter && head[i - 1] != '\n')
            {
                doubled++;
            }
        }

        return escaped > 0 && escaped > doubled;
    }

    /// <summary>Cells that begin with blanks and a quote, nearly all of which end with a quote too.</summary>
    private static bool HasBlankBeforeQuote(ReadOnlySpan<byte> head, CsvDialect dialect)
    {
        int open = 0;
        int closed = 0;
        ReadOnlySpan<byte> begin = [dialect.Delimiter, (byte)' '];
        for (int at = head.IndexOf(begin); at >= 0;)
        {
            // Where only blanks follow, the delimiter, which is no quote.
            int cell = at + 1 + head[(at + 1)..].IndexOfAnyExcept((byte)' ');
            if (cell + 1 < head.Length && head[cell] == dialect.Quote && head[cell + 1] != dialect.Quote)
            {
                open++;
                int close = head[(cell + 1)..].IndexOf(dialect.Quote);
                ReadOnlySpan<byte> rest = close < 0 ? default : head[(cell + close + 2)..].TrimStart((byte)' ');
                closed += close >= 0 && (rest.IsEmpty || rest[0] == dialect.Delimiter || rest[0] == dialect.Quote || rest[0] is (byte)'\r' or (byte)'\n') ? 1 : 0;
            }

            int next = head[(at + 1)..].IndexOf(begin);
            at = next < 0 ? -1 : at + 1 + next;
        }

        return open > 0 && closed >= open * Even;
    }
}
