using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary>Decides by the recipe's promotion rule which model to use.</summary>
internal sealed class Judge
{
    private readonly PromotionRecipe rule;
    private readonly ImmutableArray<CandidateReport> candidates;
    private readonly ImmutableArray<PairedComparison> comparisons;
    private readonly Score score;

    public Judge(
        PromotionRecipe rule, ImmutableArray<CandidateReport> candidates, ImmutableArray<PairedComparison> comparisons, string? champion)
    {
        this.rule = rule;
        this.comparisons = comparisons;
        Score asked = rule.Metric.ToScore();
        // A rule by good-versus-bad means nothing for labels without an order: accuracy then, and a finding says so.
        score = candidates.Any(candidate => candidate.Metrics is not null && asked.Of(candidate.Metrics) is not null) ? asked : Score.Accuracy;
        this.candidates =
            [.. candidates.Where(candidate => candidate.Metrics is not null).OrderByDescending(Value).ThenBy(Price).ThenBy(c => c.Name, StringComparer.Ordinal)];
        Champion = this.candidates.FirstOrDefault(candidate => candidate.Name == champion);
        ChampionName = champion;
    }

    private CandidateReport? Champion { get; }

    private string? ChampionName { get; }

    public Verdict Decide()
    {
        CandidateReport? best = candidates.FirstOrDefault(candidate => IsChallenger(candidate));
        if (best is null)
        {
            return Say(
                VerdictKind.Keep,
                null,
                ChampionName is null
                    ? "Nothing to promote: no candidate could be evaluated."
                    : $"Keep {ChampionName}: no challenger could be evaluated.");
        }

        Verdict verdict = Champion is not null ? AgainstChampion(best, Champion) : FirstChampion(best);
        return verdict with { Notes = [.. verdict.Notes, .. Notes(best)] };
    }

    private Verdict AgainstChampion(CandidateReport best, CandidateReport champion)
    {
        Outcome outcome = Compare(best, champion);
        string figures = $"{Shown(best)} against {Shown(champion)} of the champion on the same {best.Metrics!.N:N0} rows ({outcome})";
        if (outcome.Difference <= 0)
        {
            return Say(VerdictKind.Keep, null, $"Keep the champion: the best challenger, {best.Name}, is no better, with {figures}.", outcome);
        }

        if (outcome.IsSignificant)
        {
            return Say(VerdictKind.Promote, best.Name, $"Promote {best.Name}: {figures}, a difference beyond chance.", outcome);
        }

        if (!rule.RequireSignificance)
        {
            return Say(
                VerdictKind.Promote,
                best.Name,
                $"Promote {best.Name}: {figures}, which may be chance, but the recipe does not ask for significance.",
                outcome);
        }

        return Say(
            VerdictKind.NotEnoughData,
            null,
            $"Not enough data, keep the champion: {best.Name} has {figures}, which may be chance{outcome.RowsNeeded(best.Metrics.N)}.",
            outcome);
    }

    private Verdict FirstChampion(CandidateReport best)
    {
        CandidateReport? baseline = candidates.FirstOrDefault(IsBaseline);
        Outcome? againstBaseline = baseline is null ? null : Compare(best, baseline);
        if (againstBaseline is { Difference: < 0, IsSignificant: true })
        {
            return Say(
                VerdictKind.Keep,
                null,
                $"Promote nothing: the baseline {baseline!.Name} is better than every candidate, with {Shown(baseline)} against {Shown(best)} of {best.Name} ({againstBaseline}).",
                againstBaseline);
        }

        Metrics metrics = best.Metrics!;
        if (rule.RequireSignificance && metrics.Intervals[Score.Accuracy.JsonName()].Low <= metrics.MajorityShare)
        {
            return Say(
                VerdictKind.NotEnoughData,
                null,
                $"Not enough data: the best candidate, {best.Name}, is right in {Formatting.Share(metrics.Accuracy)} of {metrics.N:N0} rows, "
                + $"which is not surely more than always answering the most frequent label ({Formatting.Share(metrics.MajorityShare)}).");
        }

        CandidateReport? second = candidates.FirstOrDefault(candidate => candidate.Name != best.Name && IsChallenger(candidate));
        string than = ChampionName is null ? "there is no champion yet" : $"the champion {ChampionName} could not be evaluated";
        if (second is null)
        {
            return Say(VerdictKind.Promote, best.Name, $"Promote {best.Name}: {Shown(best)} on {metrics.N:N0} rows, and {than}.");
        }

        Outcome outcome = Compare(best, second);
        string lead = outcome.Difference == 0
            ? $"level with {second.Name}{(Price(best) < Price(second) ? ", which costs more" : "")}"
            : outcome.IsSignificant
                ? $"better than the runner-up {second.Name} beyond chance ({outcome})"
                : $"ahead of the runner-up {second.Name} by what may be chance ({outcome})";
        return Say(VerdictKind.Promote, best.Name, $"Promote {best.Name}: {Shown(best)} on {metrics.N:N0} rows, {lead}, and {than}.", outcome);
    }

    private IEnumerable<string> Notes(CandidateReport best)
    {
        CandidateReport? second = candidates.FirstOrDefault(candidate => candidate.Name != best.Name && IsChallenger(candidate));
        if (second is not null && Compare(best, second) is { IsSignificant: false, RequiredRows: { } needed })
        {
            yield return $"To tell {best.Name} from {second.Name}, should they differ by as much as here, would take about {Formatting.Rows(needed)} holdout rows; there are {best.Metrics!.N:N0}.";
        }

        foreach (CandidateReport baseline in candidates.Where(IsBaseline))
        {
            Outcome outcome = Compare(best, baseline);
            if (outcome.Difference <= 0 || !outcome.IsSignificant)
            {
                yield return $"{best.Name} is not surely better than the baseline {baseline.Name}, which has {Shown(baseline)} ({outcome}).";
            }
        }

        CandidateReport? cheaper = candidates
            .Where(candidate => candidate.UsdPerThousand < best.UsdPerThousand * 0.9 && !IsBaseline(candidate) && candidate.Name != best.Name)
            .Where(candidate => !Compare(best, candidate).IsSignificant)
            .MinBy(candidate => candidate.UsdPerThousand);
        if (cheaper is not null)
        {
            yield return $"{cheaper.Name} cannot be told from {best.Name} by these rows ({Compare(best, cheaper)}) and costs "
                + $"{Formatting.Usd(cheaper.UsdPerThousand!.Value)} instead of {Formatting.Usd(best.UsdPerThousand!.Value)} for 1,000 predictions.";
        }
    }

    private Outcome Compare(CandidateReport one, CandidateReport other)
    {
        PairedComparison? comparison = comparisons.FirstOrDefault(pair => pair.Score == score
            && ((pair.First == one.Name && pair.Second == other.Name) || (pair.First == other.Name && pair.Second == one.Name)));
        if (comparison is null)
        {
            return new Outcome(Value(one) - Value(other), 1, null, score, rule.Alpha);
        }

        double sign = comparison.First == one.Name ? 1 : -1;
        return new Outcome(sign * comparison.Difference, comparison.AdjustedPValue, comparison.RequiredRows, score, rule.Alpha);
    }

    private Verdict Say(VerdictKind decision, string? candidate, string sentence, Outcome? outcome = null) => new()
    {
        Decision = decision,
        Candidate = candidate,
        Champion = ChampionName,
        Sentence = sentence,
        Score = score,
        Difference = outcome?.Difference,
        AdjustedPValue = outcome?.PValue,
        RequiredRows = outcome?.RequiredRows,
    };

    /// <summary>Of two that score alike the cheaper one stands first.</summary>
    public static double Price(CandidateReport candidate) => (candidate.UsdPerThousand ?? 0) + (candidate.Cost.TrainingUsd * 1e-9);

    private double Value(CandidateReport candidate) => score.Of(candidate.Metrics!) ?? double.NegativeInfinity;

    private string Shown(CandidateReport candidate) => $"{Formatting.Score(score, Value(candidate))} {score.Title()}";

    private static bool IsBaseline(CandidateReport candidate) => candidate.Kind is OutcomeKind.LinearBaseline or OutcomeKind.ContainerBaseline;

    private bool IsChallenger(CandidateReport candidate) =>
        !IsBaseline(candidate) && candidate.Kind != OutcomeKind.Champion && candidate.Name != ChampionName;

    /// <summary>What the comparison of two candidates says, the first's view.</summary>
    private sealed record Outcome(double Difference, double PValue, double? RequiredRows, Score Score, double Alpha)
    {
        public bool IsSignificant => PValue < Alpha;

        public string RowsNeeded(int have) => RequiredRows is not { } needed
            ? ""
            : needed > have
                ? $"; a true difference of this size would need about {Formatting.Rows(needed)} rows to be found"
                : "; the holdout is large enough, the difference is at the edge";

        public override string ToString() => $"{Formatting.Difference(Score, Difference)}, {Formatting.P(PValue)}";
    }
}
