using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Files;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>suspects.csv</c>: labels to look at again, in the columns of the drop, so that the corrected file can be dropped as it
/// is. The columns suggested, confidence, agreeing and id are for the person and are ignored when it is dropped.</summary>
public static class SuspectsCsv
{
    private static readonly string[] Judgement = ["suggested", "confidence", "agreeing"];

    /// <summary>RFC 4180 with a header, the most certain suspects first. Cells that a spreadsheet would run begin with an
    /// apostrophe unless the settings say otherwise; dropping the file takes it off again, so a text stays the row that it was.</summary>
    /// <param name="suspects">From a report.</param>
    /// <param name="settings">The dataset settings in force: columns and filters of the drop.</param>
    public static string Write(IEnumerable<LabelSuspect> suspects, DatasetRecipe settings) =>
        Write([.. suspects.Select(suspect => (suspect, (string?)null))], [], settings);

    /// <summary>The same with the column split: rows that train come first, since to correct them changes the next training; rows that
    /// judge keep their label.</summary>
    /// <param name="training">Of the training rows.</param>
    /// <param name="judging">Of the holdout.</param>
    /// <param name="settings">The dataset settings in force.</param>
    public static string Write(IEnumerable<LabelSuspect> training, IEnumerable<LabelSuspect> judging, DatasetRecipe settings) => Write(
        [.. training.Select(suspect => (suspect, (string?)"train")), .. judging.Select(suspect => (suspect, (string?)"test"))], ["split"], settings);

    private static string Write(IReadOnlyList<(LabelSuspect Suspect, string? Split)> suspects, string[] split, DatasetRecipe settings)
    {
        string[] texts = settings.Text.Count > 0 ? [.. settings.Text] : ["text"];
        string label = settings.Label ?? "label";
        // A filter that asks for a value would drop the corrected rows if its column were missing.
        FilterRecipe[] filters = [.. settings.Filters.Where(filter => filter.EqualTo.Count > 0 && !texts.Contains(filter.Column) && filter.Column != label)];
        string[] slices = settings.Slices.IsDefault ? [] : [.. settings.Slices.Where(column => filters.All(filter => filter.Column != column) && !texts.Contains(column) && column != label)];
        var csv = new StringBuilder();
        Line(csv, settings.Csv.Guard, [.. texts, label, .. filters.Select(filter => filter.Column), .. slices, .. Judgement, .. split, "id"]);
        foreach ((LabelSuspect suspect, string? place) in suspects)
        {
            Line(csv, settings.Csv.Guard,
            [
                .. Parts(suspect.Text, texts.Length, settings.Join), suspect.Label, .. filters.Select(filter => Value(suspect, filter.Column) ?? filter.EqualTo[0]),
                .. slices.Select(column => Value(suspect, column) ?? ""), suspect.Suggested,
                suspect.Confidence?.ToString("F4", CultureInfo.InvariantCulture) ?? "", suspect.Agreeing.ToString(CultureInfo.InvariantCulture),
                .. split.Select(_ => place!), suspect.Id,
            ]);
        }

        return csv.ToString();
    }

    /// <summary>Whether a file has the columns of a <c>suspects.csv</c>.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="start">Its first bytes, the header among them.</param>
    public static bool Starts(string name, ReadOnlyMemory<byte> start)
    {
        using TableRows? table = TableRows.TryOpen(name, () => new MemoryStream(start.ToArray(), writable: false));
        return table is not null && IsOne(table);
    }

    /// <summary>The labels of a corrected file, by row id; null where the file is not a <c>suspects.csv</c>. Rows without a label are
    /// left as they were.</summary>
    /// <param name="name">For messages.</param>
    /// <param name="settings">As the suspects were written with.</param>
    /// <exception cref="FlowException">It is one, and a row is broken.</exception>
    public static IReadOnlyDictionary<string, string>? Corrections(string name, Func<Stream> open, DatasetRecipe settings)
    {
        using TableRows? table = TableRows.TryOpen(name, open);
        if (table is null)
        {
            return null;
        }

        int id = table.Find("id");
        // The settings may leave the column to be recognised, which the file of the suspects names as it was found.
        int label = table.Find([settings.Label ?? "label", .. ColumnRecognition.LabelNames]);
        if (label < 0 || !IsOne(table))
        {
            return null;
        }

        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        table.Visit(() =>
        {
            if (table[id].Trim() is { Length: > 0 } row && table[label].Trim() is { Length: > 0 } said)
            {
                labels[SpreadsheetGuard.Undo(row)] = SpreadsheetGuard.Undo(said);
            }
        });
        return labels;
    }

    private static bool IsOne(TableRows table) => Judgement.Append("id").All(column => table.Find(column) >= 0);

    // A text joined of several columns is split where that is unambiguous, else it stands in the first of them.
    private static string[] Parts(string text, int columns, string join)
    {
        string[] parts = columns > 1 && join.Length > 0 ? text.Split(join) : [text];
        return parts.Length == columns ? parts : [text, .. Enumerable.Repeat("", columns - 1)];
    }

    private static string? Value(LabelSuspect suspect, string column) => suspect.Slices?.GetValueOrDefault(column);

    private static void Line(StringBuilder csv, bool guard, IReadOnlyList<string> cells)
    {
        for (int i = 0; i < cells.Count; i++)
        {
            csv.Append(i > 0 ? "," : "");
            string cell = guard ? SpreadsheetGuard.Guard(cells[i]) : cells[i];
            bool quoted = cell.AsSpan().IndexOfAny(",\"\r\n ") >= 0;
            csv.Append(quoted ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell);
        }

        csv.Append("\r\n");
    }
}
