using System.Text.Json;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Trainer.Data;

/// <summary>Reads the JSON lines and lists of the contract.</summary>
internal static class InputRows
{
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    /// <summary>Rows with labels.</summary>
    /// <exception cref="FlowException">InvalidInput, with the line: not JSON of the contract, or a label that is not in the list.</exception>
    public static List<(string Text, int Label)> Labelled(string file, string name, IReadOnlyList<string> labels)
    {
        var numbers = labels.Select((label, i) => (label, i)).ToDictionary(pair => pair.label, pair => pair.i, StringComparer.Ordinal);
        var rows = new List<(string, int)>();
        foreach ((Row row, long line) in Lines(file, name))
        {
            rows.Add((row.Text!, row.Label is not null && numbers.TryGetValue(row.Label, out int label) ? label : throw Wrong(name, line, "the label is not in the list of labels")));
        }

        return rows;
    }

    /// <summary>Rows to predict.</summary>
    /// <exception cref="FlowException">InvalidInput, with the line.</exception>
    public static List<(string Id, string Text)> Texts(string file, string name) =>
        [.. Lines(file, name).Select(read => (read.Row.Id ?? throw Wrong(name, read.Line, "there is no id"), read.Row.Text!))];

    /// <exception cref="FlowException">InvalidInput: not a list of two or more different labels.</exception>
    public static string[] Labels(string file)
    {
        string[]? labels;
        try
        {
            labels = JsonSerializer.Deserialize<string[]>(File.ReadAllBytes(file));
        }
        catch (JsonException error)
        {
            throw new FlowException(FailureKind.InvalidInput, "The list of labels is not a JSON list of texts", "Prepare the data set again", error);
        }

        return labels is { Length: >= 2 } && labels.Distinct(StringComparer.Ordinal).Count() == labels.Length
            ? labels
            : throw new FlowException(FailureKind.InvalidInput, "There is only one label, or a label twice: nothing to tell apart", "Use a data set with two labels or more");
    }

    private static IEnumerable<(Row Row, long Line)> Lines(string file, string name)
    {
        long number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (line.Length > 0)
            {
                yield return (Parse(line, name, number), number);
            }
        }
    }

    private static Row Parse(string line, string name, long number)
    {
        try
        {
            return JsonSerializer.Deserialize<Row>(line, Web) is { Text: not null } row ? row : throw Wrong(name, number, "there is no text");
        }
        catch (JsonException)
        {
            throw Wrong(name, number, "the line is not JSON of the contract");
        }
    }

    private static FlowException Wrong(string file, long line, string what) =>
        new(new Failure(FailureKind.InvalidInput, what, "Rows are {\"id\", \"text\", \"label\"}, one a line", new SourceLocation(file, line)));

    private sealed record Row(string? Id, string? Text, string? Label);
}
