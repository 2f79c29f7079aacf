using System.Buffers;
using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads the texts of a CSV or JSONL file, to be put to a model one after the other.</summary>
public static class TextFile
{
    private static readonly (char Sign, string Name)[] Delimiters = [('|', "pipe"), ('\t', "tab"), (';', "semicolon"), (',', "comma")];
    private static readonly SearchValues<byte> NoTextAlone = SearchValues.Create(",;\t|{\0"u8);

    /// <summary>One text a row, in their order; an empty one stays, so that answers can be set beside the rows.</summary>
    /// <param name="name">As the user knows it, for messages.</param>
    /// <param name="columns">Columns that make the text; none: text, review, body, message or content.</param>
    /// <param name="join">Between several.</param>
    /// <exception cref="FlowException">InvalidInput: no table, or no such column.</exception>
    public static ImmutableArray<string> Read(string name, Func<Stream> open, IReadOnlyList<string> columns, string join)
    {
        using var table = new TableRows(name, open, new CsvRecipe { Delimiter = DelimiterOf(name, open) }, fewestColumns: 1);
        int[] places = columns.Count > 0
            ? [.. columns.Select(column => Place(table, name, column))]
            : [table.Columns.Length == 1 ? 0 : table.Need("text", "text", "review", "review_body", "body", "message", "content", "comment")];
        var texts = ImmutableArray.CreateBuilder<string>();
        table.Visit(() => texts.Add(string.Join(join, places.Select(place => table[place]))));
        return texts.ToImmutable();
    }

    /// <summary>Null: the file is for its reader to recognise. A file whose first line has no delimiter is one of texts alone, and what
    /// its texts have of commas delimits nothing: it is read with a delimiter that they do not have.</summary>
    /// <exception cref="FlowException">InvalidInput: they have all of them, so that nobody can say where a text ends.</exception>
    private static string? DelimiterOf(string name, Func<Stream> open)
    {
        using Stream file = open();
        var counts = new long[Delimiters.Length];
        var part = new byte[64 * 1024];
        bool header = true;
        int read;
        while ((read = file.Read(part, 0, part.Length)) > 0)
        {
            ReadOnlySpan<byte> bytes = part.AsSpan(0, read);
            if (header)
            {
                int end = bytes.IndexOf((byte)'\n');
                ReadOnlySpan<byte> line = end < 0 ? bytes : bytes[..end];
                // JSON lines, packed files and tables are another matter.
                if (line.ContainsAny(NoTextAlone) || bytes[0] == 0x1f)
                {
                    return null;
                }

                header = end < 0;
                bytes = bytes[line.Length..];
            }

            for (int i = 0; i < Delimiters.Length; i++)
            {
                counts[i] += bytes.Count((byte)Delimiters[i].Sign);
            }
        }

        int free = Array.IndexOf(counts, 0);
        return free >= 0
            ? Delimiters[free].Name
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                "the file has texts alone, which hold commas, semicolons, tabs and pipes, so that it is unclear where one ends",
                "Give them as JSON lines ({\"text\":\"…\"}), or with a second column, such as an id",
                new SourceLocation(name)));
    }

    private static int Place(TableRows table, string name, string column)
    {
        int found = table.Find(column);
        return found >= 0
            ? found
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"there is no column \"{column}\"; the columns are {string.Join(", ", table.Columns.Take(12))}",
                "Name the text's column as the file does",
                new SourceLocation(name, 1)));
    }
}
