using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Datasets;

/// <summary>Names of the files of a prepared data set, and reading them back.</summary>
public static class DatasetFiles
{
    public const string Manifest = "manifest.json";
    public const string Profile = "profile.json";
    public const string Rejects = "rejects.csv";
    public const string Train = "train.jsonl";
    public const string Validation = "validation.jsonl";
    /// <summary>The holdout.</summary>
    public const string Test = "test.jsonl";
    /// <summary>The <see cref="ManifestFile.Form"/> of the canonical row files.</summary>
    public const string RowsForm = "rows";

    public static string Of(Split split) => split switch
    {
        Split.Train => Train,
        Split.Validation => Validation,
        _ => Test,
    };

    /// <summary>Whether a preparation may write a file of that name, besides its manifest.</summary>
    public static bool IsOutput(string name) =>
        name is Profile or Rejects or Train or Validation or Test
        || (name.EndsWith(".jsonl", StringComparison.Ordinal)
            && (name.StartsWith("train.chat", StringComparison.Ordinal)
                || name.StartsWith("train.completion", StringComparison.Ordinal)
                || name.StartsWith("validation.chat", StringComparison.Ordinal)
                || name.StartsWith("validation.completion", StringComparison.Ordinal)));

    /// <summary>The rows of a canonical file, one a line, in file order.</summary>
    /// <exception cref="FlowException">A line that is not a row: <see cref="FailureKind.InvalidInput"/> with its number.</exception>
    public static IEnumerable<DatasetRow> ReadRows(Stream jsonl, string name = "rows.jsonl")
    {
        using var reader = new StreamReader(jsonl, leaveOpen: true);
        for (long line = 1; reader.ReadLine() is { } text; line++)
        {
            if (text.Length > 0)
            {
                yield return Parse(text, name, line);
            }
        }
    }

    private static DatasetRow Parse(string text, string name, long line)
    {
        try
        {
            DatasetRow? row = JsonSerializer.Deserialize<DatasetRow>(text, FlowJson.Compact);
            if (row is { Id: not null, Text: not null, Label: not null })
            {
                return row;
            }
        }
        catch (JsonException e)
        {
            throw NotARow(name, line, e);
        }

        throw NotARow(name, line, null);
    }

    private static FlowException NotARow(string name, long line, Exception? inner) => new(
        new Failure(
            FailureKind.InvalidInput,
            "the line is not a data set row {\"id\":…,\"text\":…,\"label\":…}",
            "Use a holdout file that `ftf prepare` wrote (test.jsonl), one JSON object a line",
            new SourceLocation(name, line)),
        inner);
}
