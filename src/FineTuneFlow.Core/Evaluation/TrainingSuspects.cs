using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Training rows whose label is perhaps wrong. No candidate can say it of a row that it was trained on: two linear models, each
/// trained on the half that the other judges, do. Unlike the holdout's suspects these are rows whose correction changes what is trained.</summary>
public static class TrainingSuspects
{
    /// <summary>Rows looked at; they stand in no order, so the first are a sample.</summary>
    private const int MostRows = 40_000;

    /// <param name="labels">Those of the data set.</param>
    /// <param name="most">Suspects at the most.</param>
    /// <returns>The surest first; none of fewer than 300 rows, which are too few to learn from.</returns>
    public static ImmutableArray<LabelSuspect> Find(IReadOnlyList<DatasetRow> train, LabelSet labels, int most, CancellationToken cancellation = default)
    {
        DatasetRow[] rows = [.. train.Take(MostRows)];
        return
        [
            .. LabelNoise.Find(rows, labels, Environment.ProcessorCount, cancellation).Take(most)
                .Select(found => new LabelSuspect(
                    rows[found.Row].Id, rows[found.Row].Text, rows[found.Row].Label, found.Suggested, found.Confidence, 1, rows[found.Row].Slices)),
        ];
    }
}
