using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Reports;

/// <summary>What a careful reader would notice in the figures.</summary>
internal static class RemarksBuilder
{
    public const string Simulated = "simulated";

    private const int ManyChallengers = 4;
    // A run, its approval and the move to another model take their time.
    private const int FewDays = 30;

    public static ImmutableArray<Remark> Build(RunReport report, ReportInput input)
    {
        CandidateReport[] scored = [.. report.Candidates.Where(candidate => candidate.Metrics is not null)];
        return
        [
            .. Rule(report, input), .. Failures(report), .. Champion(report), .. Training(report), .. Rows(report, input, scored), .. Answers(scored), .. Chance(scored), .. Chosen(scored),
            .. scored.Length > 0 ? WeakPlaces(scored[0]) : [], .. Calibration(scored), .. WithoutProbabilities(scored), .. InBatchesOnly(input),
            .. Suspects(report), .. Costs(report),
        ];
    }

    private static IEnumerable<Remark> Rule(RunReport report, ReportInput input)
    {
        Score asked = input.Recipe.Promotion.Metric.ToScore();
        if (report.Verdict.Score != asked)
        {
            yield return new("promotion-metric", RemarkLevel.Warning,
                $"The recipe promotes by {asked.Title()}, which these labels do not have: accuracy was used. "
                + "Give dataset.labels.order (and .good) or another promotion.metric.");
        }

        string[] simulated = Names(report.Candidates.Where(candidate => candidate.Simulated));
        if (simulated.Length > 0)
        {
            yield return new(Simulated, RemarkLevel.Warning,
                $"Simulated: {string.Join(", ", simulated)}. The simulator really trains a small classifier, but its scores say nothing about "
                + "the model whose name it bears; its prices are list prices for the same work.");
        }
    }

    private static IEnumerable<Remark> Failures(RunReport report)
    {
        foreach (CandidateReport candidate in report.Candidates)
        {
            if (candidate.Failure is not null)
            {
                yield return new("not-evaluated", RemarkLevel.Warning, $"{candidate.Name} was not evaluated: {candidate.Failure}");
            }

            if (candidate.RetiresOn is { } day)
            {
                yield return new("model-retires", RemarkLevel.Warning, $"{candidate.Name}: its provider stops answering for {candidate.Model} on {day:yyyy-MM-dd}{Left(day, report.EndedAt)}.");
            }
        }
    }

    private static IEnumerable<Remark> Champion(RunReport report)
    {
        if (report.Champion is { EndsOn: { } day, DaysLeft: { } left } champion)
        {
            yield return new("champion-ends", left < FewDays ? RemarkLevel.Warning : RemarkLevel.Note, left > 0
                ? $"The champion rests on {champion.Model}, which answers until {day:yyyy-MM-dd}: {Formatting.Counted(left, "day")} after this run."
                : $"The champion rests on {champion.Model}, which answers no more since {day:yyyy-MM-dd}.");
        }
    }

    // Where the best checkpoint was looked for, over-fitting is dealt with.
    private static IEnumerable<Remark> Training(RunReport report)
    {
        foreach (CandidateReport candidate in report.Candidates.Where(candidate => candidate.Curve?.Diagnosis.Health == CurveHealth.Overfitted))
        {
            bool chosen = candidate.Checkpoints.Any(one => one is { Chosen: true, Accuracy: not null });
            yield return new("over-fitted", chosen ? RemarkLevel.Note : RemarkLevel.Warning,
                $"{candidate.Name} is {candidate.Curve!.Diagnosis.Words}. "
                + (chosen ? "The checkpoint that was best on the validation split is judged here." : "Train fewer epochs, or set checkpoints to best."));
        }
    }

    private static string Left(DateOnly day, DateTimeOffset now) =>
        day.DayNumber - DateOnly.FromDateTime(now.UtcDateTime).DayNumber is > 0 and var days ? $", {days} {(days == 1 ? "day" : "days")} after this run" : "";

    private static IEnumerable<Remark> Rows(RunReport report, ReportInput input, CandidateReport[] scored)
    {
        if (scored.Length == 0)
        {
            yield break;
        }

        double half = Accuracy(scored[0].Metrics!).HalfWidth;
        if (half > 0.03)
        {
            yield return new("small-holdout", RemarkLevel.Warning,
                $"The holdout has {Formatting.Counted(report.HoldoutRows, "row")}, so an accuracy is known to about ± {Formatting.Number(half * 100, 1)} points only.");
        }

        if (input.LeftOut > 0)
        {
            yield return new("champion-overlap", RemarkLevel.Warning,
                $"{Formatting.Counted(input.LeftOut, "row")} of the holdout {(input.LeftOut == 1 ? "was" : "were")} left out for every candidate, as the champion was trained on "
                + $"{(input.LeftOut == 1 ? "it" : "them")}. The split method stable keeps every text in its split when data grows.");
        }

        foreach (HoldoutChange change in input.HoldoutChanges)
        {
            yield return new("holdout-changed", RemarkLevel.Warning,
                $"The label{(change.Rows == 1 ? "" : "s")} of {Formatting.Counted(change.Rows, "row")} of the holdout {(change.Rows == 1 ? "was" : "were")} changed by a decision of {change.By} "
                + $"on {change.At.UtcDateTime:yyyy-MM-dd}: {change.Reason}. Scores of earlier runs were measured with the labels before.");
        }

        if (report.Sampled)
        {
            yield return new("sampled", RemarkLevel.Note,
                $"Judged on {Formatting.Counted(report.HoldoutRows, "row")} drawn from the holdout; the intervals are those of the drawn rows.");
        }
    }

    // The maximum of several noisy scores is above the true score of what it picks.
    private static IEnumerable<Remark> Chosen(CandidateReport[] scored)
    {
        CandidateReport[] challengers = [.. scored.Where(candidate => candidate.Kind is OutcomeKind.FineTune or OutcomeKind.Continuation or OutcomeKind.Prompt)];
        if (challengers.Length >= ManyChallengers)
        {
            yield return new("chosen-by-holdout", RemarkLevel.Note,
                $"{challengers[0].Name} is the best of {challengers.Length} candidates on the rows that also judge it, so its score is likely to be a little too high; expect somewhat less on new texts.");
        }
    }

    private static IEnumerable<Remark> Answers(CandidateReport[] scored)
    {
        foreach (CandidateReport candidate in scored.Where(candidate => ScoreColumns.Unanswered(candidate.Metrics!) > candidate.Metrics!.N / 50))
        {
            yield return new("unanswered", RemarkLevel.Warning,
                $"{candidate.Name}: {ScoreColumns.Unanswered(candidate.Metrics!):N0} of {candidate.Metrics!.N:N0} rows without a usable answer, counted as wrong ({Kinds(candidate.Metrics)}).");
        }

        CandidateReport[] few = [.. scored.Where(candidate => ScoreColumns.Unanswered(candidate.Metrics!) is > 0 and var count && count <= candidate.Metrics!.N / 50)];
        if (few.Length > 0)
        {
            yield return new("unanswered", RemarkLevel.Note,
                $"Some rows have no usable answer and count as wrong: {string.Join("; ", few.Select(candidate => $"{candidate.Name} {Kinds(candidate.Metrics!)}"))}.");
        }

        foreach (CandidateReport candidate in scored.Where(candidate => candidate.Metrics!.Unknown > 0))
        {
            yield return new("unknown-rows", RemarkLevel.Warning,
                $"{candidate.Name}: {Formatting.Counted(candidate.Metrics!.Unknown, "prediction")} for rows that the holdout does not have, left out.");
        }
    }

    private static IEnumerable<Remark> Chance(CandidateReport[] scored)
    {
        CandidateReport[] weak = [.. scored.Where(candidate => Accuracy(candidate.Metrics!).Low <= candidate.Metrics!.MajorityShare)];
        if (weak.Length > 0)
        {
            yield return new("no-better-than-chance", RemarkLevel.Warning,
                $"Not surely better than always answering the most frequent label, which is right in {Formatting.Share(weak[0].Metrics!.MajorityShare)} of the rows: {string.Join(", ", Names(weak))}.");
        }
    }

    // Only of the best candidate, whose weak places are the ones that matter, and only what the intervals keep apart.
    private static IEnumerable<Remark> WeakPlaces(CandidateReport best)
    {
        Metrics metrics = best.Metrics!;
        ClassMetrics[] never = [.. metrics.Classes.Where(label => label.Rows > 0 && label.Predicted == 0)];
        if (never.Length > 0)
        {
            yield return new("labels-never-predicted", RemarkLevel.Warning,
                $"{best.Name} never answers {string.Join(", ", never.Take(8).Select(label => label.Label))}{(never.Length > 8 ? $" and {never.Length - 8} more labels" : "")}.");
        }

        SliceMetrics[] weak =
        [
            .. metrics.Slices.Where(slice => slice.Rows >= 30 && slice.Intervals[Score.Accuracy.JsonName()].High < Accuracy(metrics).Low)
                .OrderBy(slice => slice.Accuracy).Take(3),
        ];
        foreach (SliceMetrics slice in weak)
        {
            yield return new("weak-slice", RemarkLevel.Note,
                $"{best.Name} is weaker where {slice.Column} is {(slice.Value.Length == 0 ? "empty" : slice.Value)}: right in {Formatting.Share(slice.Accuracy)} of {slice.Rows:N0} rows.");
        }
    }

    private static IEnumerable<Remark> Calibration(CandidateReport[] scored)
    {
        CandidateReport[] off = [.. scored.Where(candidate => candidate.Metrics!.ExpectedCalibrationError > 0.1)];
        if (off.Length > 0)
        {
            yield return new("miscalibrated", RemarkLevel.Note,
                $"Probabilities that are off by more than 10 points on average, not to be used as thresholds unadjusted: "
                + $"{string.Join(", ", off.Select(candidate => $"{candidate.Name} ({Formatting.Number(candidate.Metrics!.ExpectedCalibrationError * 100, 1)})"))}.");
        }
    }

    private static IEnumerable<Remark> WithoutProbabilities(CandidateReport[] scored)
    {
        string[] silent = Names(scored.Where(candidate => candidate.Provider is not null && candidate.Metrics!.LogLoss is null));
        if (silent.Length > 0)
        {
            (string them, string they) = silent.Length == 1 ? ("it", "it does") : ("them", "they do");
            yield return new("no-probabilities", RemarkLevel.Note,
                $"No log-probabilities came with the answers of {string.Join(", ", silent)}: log loss, Brier score, calibration and how far a threshold could be trusted "
                + $"cannot be told for {them}, and {they} not help to find wrong labels.");
        }
    }

    private static IEnumerable<Remark> InBatchesOnly(ReportInput input)
    {
        string[] switched = input.Recipe.Evaluation.Mode == EvaluationMode.Batch
            ? []
            : [.. input.Candidates.Where(candidate => candidate.Predictions.Any(answer => answer.Batched)).Select(candidate => candidate.Name)];
        if (switched.Length > 0)
        {
            yield return new("in-batches-only", RemarkLevel.Note,
                $"Asked in batches although the recipe asks one by one, as the service answers their models in no other way: {string.Join(", ", switched)}. "
                + "They cost a batch's price, and how long an answer takes cannot be told.");
        }
    }

    private static IEnumerable<Remark> Suspects(RunReport report)
    {
        if (report.Suspects is { Total: > 0 } suspects)
        {
            yield return new("suspect-labels", RemarkLevel.Note,
                $"{Formatting.Counted(suspects.Total, "row")} ({Formatting.Share(suspects.Total / (double)report.HoldoutRows)}) with a label that {string.Join(", ", suspects.Judges)} "
                + "contradict with one and the same answer, surer of it than usual. As far as those labels are wrong, they put a ceiling on every score; suspects.csv lists them.");
        }
    }

    private static IEnumerable<Remark> Costs(RunReport report)
    {
        if (report.Costs.QuotedUsd is { } quoted && report.Costs.SpentUsd > quoted)
        {
            yield return new("over-quote", RemarkLevel.Warning,
                $"The run has cost {Formatting.Usd(report.Costs.SpentUsd)}, more than the {Formatting.Usd(quoted)} that were quoted at the most.");
        }

        string[] unpriced = Names(report.Candidates.Where(candidate => candidate.Cost.Unpriced));
        if (unpriced.Length > 0)
        {
            yield return new("unpriced", RemarkLevel.Warning, $"The price book has no price for {string.Join(", ", unpriced)}: their costs are too low by an unknown amount.");
        }
    }

    private static Interval Accuracy(Metrics metrics) => metrics.Intervals[Score.Accuracy.JsonName()];

    private static string[] Names(IEnumerable<CandidateReport> candidates) => [.. candidates.Select(candidate => candidate.Name)];

    private static string Kinds(Metrics metrics) => string.Join(", ", new (int Count, string Name)[]
    {
        (metrics.Missing, "missing"), (metrics.Unparsable, "unparsable"), (metrics.Refused, "refused"), (metrics.Failed, "failed"),
        (metrics.Conflicting, "answered twice and differently"),
    }.Where(kind => kind.Count > 0).Select(kind => $"{kind.Count:N0} {kind.Name}"));
}
