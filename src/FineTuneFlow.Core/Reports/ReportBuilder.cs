using System.Collections.Immutable;
using System.Reflection;
using System.Security.Cryptography;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Core.Reports;

/// <summary>Makes a run's report. Pure: the same input gives the same report.</summary>
public static class ReportBuilder
{
    private const int MostDisagreements = 60;
    private const int MostSuspects = 1000;

    /// <summary>Scores every candidate that has not failed, compares them, and decides by the recipe's promotion rule.</summary>
    /// <exception cref="Failures.FlowException">The holdout is empty or contradicts the manifest's labels.</exception>
    public static RunReport Build(ReportInput input)
    {
        var options = new ScoringOptions { Alpha = input.Recipe.Promotion.Alpha };
        ImmutableArray<CandidateOutcome> scored = [.. input.Candidates.Where(candidate => candidate.Failure is null)];
        Scorecard card = Scorecard.Of(
            input.Manifest.Labels, input.Holdout, [.. scored.Select(candidate => new NamedPredictions(candidate.Name, candidate.Predictions))], options);

        var metrics = card.Names.Zip(card.Metrics).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
        ImmutableArray<CandidateReport> candidates =
        [
            .. input.Candidates.Select(candidate => Describe(candidate, metrics.GetValueOrDefault(candidate.Name), input.Champion, options.Alpha)),
        ];
        Verdict verdict = new Judge(input.Recipe.Promotion, candidates, card.Comparisons, input.Champion, input.ChampionRefusal).Decide();
        candidates = [.. candidates.OrderBy(candidate => candidate.Metrics is null).ThenByDescending(candidate => Rank(candidate, verdict.Score)).ThenBy(Contest.Price).ThenBy(candidate => candidate.Cost.TrainingUsd)];
        var report = new RunReport
        {
            RunId = input.RunId,
            Project = input.Project,
            StartedAt = input.StartedAt,
            EndedAt = input.EndedAt,
            Verdict = verdict,
            Labels = input.Manifest.Labels,
            Alpha = options.Alpha,
            HoldoutRows = input.Holdout.Count,
            Sampled = input.Holdout.Count < input.Manifest.Rows.Test - input.LeftOut,
            Candidates = candidates,
            Comparisons = Ranked(card.Comparisons, [.. candidates.Select(candidate => candidate.Name)]),
            Champion = ChampionReport.Of(
                input, input.Holdout.ToDictionary(row => row.Id, row => row.Label, StringComparer.Ordinal), candidates.Where(candidate => candidate.Metrics is not null).Select(candidate => candidate.Name)),
            Disagreements = Disagreements(card, candidates, input.Champion),
            Suspects = Suspects(card),
            Costs = CostReport.Of(input, candidates),
            Findings = [],
            ChampionHealth = input.ChampionHealth,
            Provenance = Describe(input, options),
            Profile = input.Profile?.DeepClone(),
        };
        return report with { Findings = RemarksBuilder.Build(report, input) };
    }

    private static CandidateReport Describe(CandidateOutcome outcome, Metrics? metrics, string? champion, double alpha)
    {
        UnitCost? unit = metrics is not null && outcome.Cost.EvaluationUsd > 0 ? UnitCost.Of(outcome.Cost, metrics.N, metrics.Correct) : null;
        return new CandidateReport
        {
            Name = outcome.Name,
            Kind = outcome.Kind,
            IsChampion = outcome.Name == champion,
            Simulated = outcome.Simulated,
            Provider = outcome.Provider,
            Model = outcome.Model,
            TunedModel = outcome.TunedModel,
            ContinueFrom = outcome.ContinueFrom,
            JobId = outcome.JobId,
            SystemPrompt = outcome.SystemPrompt,
            Hyperparameters = outcome.Hyperparameters,
            Metrics = metrics,
            Curve = CurveReport.Of(outcome.Curve),
            Checkpoints =
            [
                .. outcome.Checkpoints.Select(one => one with { Interval = one.Accuracy is { } share ? Proportions.Wilson((long)Math.Round(share * one.Rows), one.Rows, alpha) : null }),
            ],
            Cost = outcome.Cost,
            UsdPerThousand = unit?.Per1000,
            UsdPerThousandCorrect = unit?.Per1000Correct,
            TrainingTime = outcome.TrainingTime,
            RetiresOn = outcome.RetiresOn,
            Failure = outcome.Failure,
        };
    }

    private static double Rank(CandidateReport candidate, Score score) =>
        candidate.Metrics is null ? double.NegativeInfinity : score.Of(candidate.Metrics) ?? double.NegativeInfinity;

    // The better-placed candidate of a pair first, and the pairs of the best one before the others: as a reader asks.
    private static ImmutableArray<PairedComparison> Ranked(ImmutableArray<PairedComparison> comparisons, ImmutableArray<string> ranked) =>
    [
        .. comparisons.Select(pair => ranked.IndexOf(pair.First) <= ranked.IndexOf(pair.Second) ? pair : pair.Turned())
            .OrderBy(pair => pair.Score).ThenBy(pair => ranked.IndexOf(pair.First)).ThenBy(pair => ranked.IndexOf(pair.Second)),
    ];

    private static DisagreementReport? Disagreements(Scorecard card, ImmutableArray<CandidateReport> best, string? champion)
    {
        string[] ranked = [.. best.Where(candidate => candidate.Metrics is not null).Select(candidate => candidate.Name)];
        string? first = ranked.FirstOrDefault(name => name != champion);
        string? second = ranked.Contains(champion) ? champion : ranked.FirstOrDefault(name => name != first);
        if (first is null || second is null)
        {
            return null;
        }

        ImmutableArray<Disagreement> all = card.Disagreements(card.Names.IndexOf(first), card.Names.IndexOf(second), int.MaxValue);
        return new DisagreementReport(first, second, all.Length, [.. all.Take(MostDisagreements)]);
    }

    // Whose judgement counts: those clearly better than always naming the most frequent label and not far behind the best.
    private static SuspectReport? Suspects(Scorecard card)
    {
        double best = card.Metrics.Select(metrics => metrics.Accuracy).DefaultIfEmpty(0).Max();
        int[] judges =
        [
            .. Enumerable.Range(0, card.Names.Length).Where(i =>
                card.Metrics[i].Accuracy >= 0.9 * best
                && card.Metrics[i].Intervals[Score.Accuracy.JsonName()].Low > card.Metrics[i].MajorityShare),
        ];
        if (judges.Length < 2)
        {
            return null;
        }

        ImmutableArray<LabelSuspect> all = card.Suspects(judges);
        return new SuspectReport([.. judges.Select(i => card.Names[i])], all.Length, [.. all.Take(MostSuspects)]);
    }

    private static Provenance Describe(ReportInput input, ScoringOptions options) => new()
    {
        Source = input.Manifest.Source,
        Rows = input.Manifest.Rows,
        Files = input.Manifest.Files,
        PreparedBy = input.Manifest.PreparedBy,
        ReportedBy = typeof(ReportBuilder).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "",
        RecipeSha256 = Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(input.Recipe, FlowJson.Compact))),
        Recipe = input.Recipe,
        Settings = input.Manifest.Settings,
        Resamples = options.Resamples,
        BootstrapSeed = options.Seed,
        Stages = input.Stages,
    };
}
