using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Reads the texts of a CSV or JSONL file, to be put to a model one after the other.</summary>
public static class TextFile
{
    /// <summary>One text a row, in their order; an empty one stays, so that answers can be set beside the rows.</summary>
    /// <param name="name">As the user knows it, for messages.</param>
    /// <param name="open">The file.</param>
    /// <param name="columns">Columns that make the text; none: text, review, body, message or content.</param>
    /// <param name="join">Between several.</param>
    /// <exception cref="FlowException">InvalidInput: no table, or no such column.</exception>
    public static ImmutableArray<string> Read(string name, Func<Stream> open, IReadOnlyList<string> columns, string join)
    {
        using var table = new TableRows(name, open);
        int[] places = columns.Count > 0
            ? [.. columns.Select(column => Place(table, name, column))]
            : [table.Columns.Length == 1 ? 0 : table.Need("text", "text", "review", "review_body", "body", "message", "content", "comment")];
        var texts = ImmutableArray.CreateBuilder<string>();
        table.Visit(() => texts.Add(string.Join(join, places.Select(place => table[place]))));
        return texts.ToImmutable();
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
