using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;

namespace FineTuneFlow.Workflow.Watching;

/// <summary>How a champion does: what it was asked of late against its holdout, its answers against what people said, its model's end.</summary>
public sealed class ChampionHealth(
    WatchLog watch, VersionReferences references, FeedbackStore feedback, ModelLives lives, TimeProvider time)
{
    internal const int Days = 7;

    public async Task<HealthView> OfAsync(string project, ChampionVersion champion, RetrainRecipe rule, CancellationToken cancellation)
    {
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        IReadOnlyList<DayCounts> days = await watch.ReadAsync(project, today.AddDays(1 - Days), cancellation);
        var asked = new VersionCounts();
        foreach (DayCounts day in days)
        {
            if (day.Versions.TryGetValue(WatchLog.KeyOf(champion), out VersionCounts? counts))
            {
                asked.Add(counts);
            }
        }

        (VersionCounts? holdout, _) = await references.OfAsync(champion);
        ModelEnd? end = lives.Of(champion);
        return new HealthView(
            asked,
            holdout is null ? [] : [.. Measures(holdout, asked, champion, rule)],
            await AccuracyAsync(project, champion, rule, cancellation),
            champion.BaseModel,
            end?.On,
            end?.DaysLeft);
    }

    private static IEnumerable<DriftMeasure> Measures(VersionCounts holdout, VersionCounts asked, ChampionVersion champion, RetrainRecipe rule)
    {
        // Texts that are more familiar than the holdout was are nothing to learn from: of unknown words only more are drift.
        (string Name, long[] Before, long[] Now, bool OnlyMore)[] distributions =
        [
            ("labels", Counts(holdout), Counts(asked), false),
            ("confidence", holdout.Confidence, asked.Confidence, false),
            ("length", holdout.Lengths, asked.Lengths, false),
            ("unknown words", holdout.UnknownWords, asked.UnknownWords, true),
        ];
        // Bonferroni: four looks at one night must not raise four times the false alarms that the recipe allows.
        double alpha = rule.DriftAlpha / distributions.Length;
        foreach ((string name, long[] before, long[] now, bool onlyMore) in distributions)
        {
            if (PopulationStability.Of(before, now, rule.DriftIndex, alpha) is { } measure)
            {
                yield return new DriftMeasure(
                    name, measure.Index, measure.PValue, now.Sum(), measure.RowsNeeded,
                    measure.Index >= rule.DriftIndex && measure.PValue < alpha && (!onlyMore || Mean(now) > Mean(before)));
            }
        }

        static double Mean(long[] groups) => groups.Select((count, group) => (double)count * group).Sum() / groups.Sum();

        long[] Counts(VersionCounts counts) => [.. champion.Labels.Names.Select(label => counts.Labels.GetValueOrDefault(label))];
    }

    private async Task<FeedbackAccuracy?> AccuracyAsync(string project, ChampionVersion champion, RetrainRecipe rule, CancellationToken cancellation)
    {
        Feedback[] told = [.. (await feedback.ListAsync(project, cancellation)).Select(one => one.Feedback).Where(one => one.Predicted is not null && one.Version == champion.Version)];
        if (told.Length == 0)
        {
            return null;
        }

        int right = told.Count(one => one.Predicted == one.Label);
        Interval interval = ShareInterval.Of(right, told.Length, 0.05);
        return new FeedbackAccuracy(right, told.Length, interval.Low, interval.High, champion.Accuracy,
            told.Length >= rule.MinimumFeedback && interval.High < champion.Accuracy - rule.AccuracyDrop, rule.MinimumFeedback);
    }
}

/// <param name="Asked">Of the last seven days.</param>
/// <param name="Drift">By distribution; empty where nothing was asked, or the version keeps no holdout to compare with.</param>
/// <param name="Feedback">Accuracy on what people said of its answers; null: nothing.</param>
/// <param name="BaseModel">What it was made from.</param>
/// <param name="BaseEnds">The first day on which it no longer answers; null: not announced, or a model of our own.</param>
/// <param name="BaseDaysLeft">Days until then, from the day of this look; null with <paramref name="BaseEnds"/>.</param>
public sealed record HealthView(
    VersionCounts Asked, ImmutableArray<DriftMeasure> Drift, FeedbackAccuracy? Feedback, string BaseModel, DateOnly? BaseEnds, int? BaseDaysLeft = null)
{
    /// <summary>As a run's report shows it.</summary>
    internal ChampionHealthReport Report(ChampionVersion champion) => new(
        champion.Version, ChampionHealth.Days, Asked.Texts, Asked.Errors, Asked.CostUsd, Asked.Labels.ToImmutableSortedDictionary(StringComparer.Ordinal), Asked.Shadowed, Asked.Agreed,
        Drift, Feedback, BaseModel, BaseEnds);
}
