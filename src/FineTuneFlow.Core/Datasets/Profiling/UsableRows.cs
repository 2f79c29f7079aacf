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
            $"Check that these are the right columns: text from {string.Join(" and ", source.Plan.Recognised.Text)} ({source.Plan.Recognised.TextReason}), "
                + $"label from {source.Plan.Recognised.Label} ({source.Plan.Recognised.LabelReason}); or add rows",
            new SourceLocation(file, first?.Line)));
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
