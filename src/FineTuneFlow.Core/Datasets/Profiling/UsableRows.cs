using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Refuses data that nothing can be trained on, with the reason that a person needs.</summary>
internal static class UsableRows
{
    public const int Minimum = 10;

    /// <param name="source">What was read.</param>
    /// <param name="file">The drop's name.</param>
    /// <param name="questions">What the file leaves open: where rows are missing because of it, that is the reason.</param>
    public static void Require(SourceTable source, string file, IEnumerable<Finding> questions)
    {
        if (source.Rows.Count >= Minimum)
        {
            return;
        }

        OpenQuestions.Stop(questions, file);

        LeftOutRow? first = source.LeftOut.Count > 0 ? source.LeftOut[0] : null;
        string example = first is { } row
            ? $"; the first one left out is line {row.Line}: {RowOutcomes.NameOf(row.Outcome)}{(row.Detail.Length > 0 ? $" ({row.Detail})" : "")}"
            : "";
        throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            $"only {source.Rows.Count} of {source.RowsRead} rows can be used, fewer than ten examples{example}",
            Remedy(source),
            new SourceLocation(file, first?.Line)));
    }

    /// <summary>What to do about the reason for which most rows were left out.</summary>
    private static string Remedy(SourceTable source)
    {
        RecognisedColumns columns = source.Plan.Recognised;
        string taken = $"text is read from {string.Join(" and ", columns.Text)} ({columns.TextReason}), the label from {columns.Label} ({columns.LabelReason})";
        RowOutcome? most = source.LeftOut.GroupBy(row => row.Outcome).OrderByDescending(group => group.Count()).FirstOrDefault()?.Key;
        return most switch
        {
            RowOutcome.CellCount =>
                $"Put texts that hold a {source.Source.Delimiter} or a line break into double quotes, or name the right delimiter (dataset.csv.delimiter)",
            RowOutcome.NotJson => "Write one JSON object a line: json.dumps(row) in Python, df.to_json(path, orient=\"records\", lines=True) in pandas, jq -c elsewhere",
            RowOutcome.Encoding => "Save the file as UTF-8, or name its encoding (dataset.csv.encoding)",
            RowOutcome.Filtered => "Change the filters (dataset.filters), which keep too few rows",
            RowOutcome.EmptyText or RowOutcome.EmptyLabel or RowOutcome.UnknownLabel =>
                $"Name the right columns (dataset.text, dataset.label): {taken}",
            _ => $"Add rows; {taken}",
        };
    }

    /// <returns>Used rows by label index, and their sum.</returns>
    public static (long[] Counts, long Used) RequireClasses(SourceTable source, string file, string column)
    {
        long[] counts = RareClasses.Counts(source.Rows, source.Labels.Count);
        long used = 0;
        int classes = 0;
        foreach (long count in counts)
        {
            used += count;
            classes += count > 0 ? 1 : 0;
        }

        if (classes < 2)
        {
            string only = classes == 1 ? $" (\"{source.Labels[Array.FindIndex(counts, c => c > 0)]}\")" : "";
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the label column \"{column}\" holds {(classes == 0 ? "no class" : "one class only")}{only}; a classifier needs two",
                "Name another label column (dataset.label) or add rows of other classes",
                new SourceLocation(file, Column: column),
                Field: "dataset.label"));
        }

        return used >= Minimum
            ? (counts, used)
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"only {used} different texts are left without duplicates and conflicts, fewer than ten examples",
                "Add rows with other texts",
                new SourceLocation(file)));
    }
}
