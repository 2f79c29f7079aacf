using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>What a careful reader would notice in the figures.</summary>
internal static class FindingsBuilder
{
    public static ImmutableArray<Finding> Build(RunReport report, ReportInput input) =>
    [
        .. Rule(report, input), .. Rows(report), .. report.Candidates.SelectMany(candidate => OfCandidate(candidate, report)), .. Costs(report),
    ];

    private static IEnumerable<Finding> Rule(RunReport report, ReportInput input)
    {
        if (report.Verdict.Score != input.Recipe.Promotion.Metric.ToScore())
        {
            yield return new(FindingLevel.Warning,
                $"The recipe promotes by {input.Recipe.Promotion.Metric.ToScore().Title()}, which these labels do not have: accuracy was used. "
                + "Give dataset.labels.order (and .good) or another promotion.metric.");
        }

        string[] simulated = [.. report.Candidates.Where(candidate => candidate.Simulated).Select(candidate => candidate.Name)];
        if (simulated.Length > 0)
        {
            yield return new(FindingLevel.Warning,
                $"Simulated: {string.Join(", ", simulated)}. The simulator really trains a small classifier, but its scores say nothing about "
                + "the model whose name it bears; its prices are list prices for the same work.");
        }
    }

    private static IEnumerable<Finding> Rows(RunReport report)
    {
        CandidateReport? best = report.Candidates.FirstOrDefault(candidate => candidate.Metrics is not null);
        if (best is null)
        {
            yield break;
        }

        double half = best.Metrics!.Intervals[Score.Accuracy.JsonName()].HalfWidth;
        if (half > 0.03)
        {
            yield return new(FindingLevel.Warning,
                $"The holdout has {report.HoldoutRows:N0} rows, so an accuracy is known to about ± {Formatting.Number(half * 100, 1)} points only.");
        }

        if (report.Sampled)
        {
            yield return new(FindingLevel.Note,
                $"Judged on {report.HoldoutRows:N0} rows drawn from the holdout; the intervals are those of the drawn rows.");
        }

        if (report.Suspects is { Total: > 0 } suspects)
        {
            yield return new(FindingLevel.Note,
                $"{suspects.Total:N0} rows ({Formatting.Share(suspects.Total / (double)report.HoldoutRows)}) have a label that "
                + $"{string.Join(", ", suspects.Judges)} all contradict with the same answer. As far as those labels are wrong, they put a ceiling on every score: see suspects.csv.");
        }
    }

    private static IEnumerable<Finding> OfCandidate(CandidateReport candidate, RunReport report)
    {
        if (candidate.Failure is not null)
        {
            yield return new(FindingLevel.Warning, $"{candidate.Name} was not evaluated: {candidate.Failure}");
        }

        if (candidate.RetiresOn is { } day)
        {
            yield return new(FindingLevel.Warning, $"{candidate.Name}: its provider stops answering for {candidate.Model} on {day:yyyy-MM-dd}.");
        }

        if (candidate.Metrics is not { } metrics)
        {
            yield break;
        }

        int unanswered = metrics.Missing + metrics.Unparsable + metrics.Refused + metrics.Failed + metrics.Conflicting;
        if (unanswered > 0)
        {
            yield return new(unanswered > metrics.N / 50 ? FindingLevel.Warning : FindingLevel.Note,
                $"{candidate.Name}: {unanswered:N0} of {metrics.N:N0} rows without a usable answer, counted as wrong ({Unanswered(metrics)}).");
        }

        if (metrics.Unknown > 0)
        {
            yield return new(FindingLevel.Warning, $"{candidate.Name}: {metrics.Unknown:N0} predictions are for rows that the holdout does not have; they were left out.");
        }

        Interval accuracy = metrics.Intervals[Score.Accuracy.JsonName()];
        if (accuracy.Low <= metrics.MajorityShare)
        {
            yield return new(FindingLevel.Warning,
                $"{candidate.Name} is not surely better than always answering the most frequent label, which is right in {Formatting.Share(metrics.MajorityShare)} of the rows.");
        }

        if (metrics.ExpectedCalibrationError > 0.1)
        {
            yield return new(FindingLevel.Note,
                $"{candidate.Name}: its probabilities are off by {Formatting.Number(metrics.ExpectedCalibrationError * 100, 1)} points on average; do not use them as thresholds unadjusted.");
        }

        foreach (Finding finding in WeakPlaces(candidate.Name, metrics, accuracy, report))
        {
            yield return finding;
        }
    }

    // Only of the best candidate, whose weak places are the ones that matter, and only what the intervals keep apart.
    private static IEnumerable<Finding> WeakPlaces(string name, Metrics metrics, Interval accuracy, RunReport report)
    {
        if (name != report.Candidates[0].Name)
        {
            yield break;
        }

        ClassMetrics[] never = [.. metrics.Classes.Where(label => label.Rows > 0 && label.Predicted == 0)];
        if (never.Length > 0)
        {
            yield return new(FindingLevel.Warning,
                $"{name} never answers {string.Join(", ", never.Take(8).Select(label => label.Label))}{(never.Length > 8 ? $" and {never.Length - 8} more labels" : "")}.");
        }

        SliceMetrics[] weak =
        [
            .. metrics.Slices.Where(slice => slice.Rows >= 30
                && slice.Intervals[Score.Accuracy.JsonName()].High < accuracy.Low).OrderBy(slice => slice.Accuracy).Take(3),
        ];
        foreach (SliceMetrics slice in weak)
        {
            yield return new(FindingLevel.Note,
                $"{name} is weaker where {slice.Column} is {(slice.Value.Length == 0 ? "empty" : slice.Value)}: {Formatting.Share(slice.Accuracy)} of {slice.Rows:N0} rows.");
        }
    }

    private static IEnumerable<Finding> Costs(RunReport report)
    {
        if (report.Costs.QuotedUsd is { } quoted && report.Costs.SpentUsd > quoted)
        {
            yield return new(FindingLevel.Warning,
                $"The run has cost {Formatting.Usd(report.Costs.SpentUsd)}, more than the {Formatting.Usd(quoted)} that were quoted at the most.");
        }
    }

    private static string Unanswered(Metrics metrics) => string.Join(", ", new (int Count, string Name)[]
    {
        (metrics.Missing, "missing"), (metrics.Unparsable, "unparsable"), (metrics.Refused, "refused"), (metrics.Failed, "failed"),
        (metrics.Conflicting, "answered twice and differently"),
    }.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count:N0} {kind.Name}"));
}
