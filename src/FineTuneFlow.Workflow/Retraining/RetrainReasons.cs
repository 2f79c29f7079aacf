using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Rescue;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>Looks for a reason to retrain a project: new rows, drift, accuracy on feedback fallen, a base model that dies.</summary>
public sealed class RetrainReasons(
    IBlobStore store,
    Champions champions,
    Lineage lineage,
    FeedbackStore feedback,
    JudgedTexts judged,
    ProjectRecipes recipes,
    ChampionHealth health,
    ModelLives lives,
    OpenChoices choices,
    SplitMigration splits,
    IntakeOptions intake,
    TimeProvider time)
{
    /// <param name="rescue">What is trained instead of what a night would; null: what a night would.</param>
    /// <exception cref="FlowException">NotFound: the project has no champion; InvalidInput: its recipe is wrong.</exception>
    public async Task<NightPlan> LookAsync(string project, RescueOrder? rescue, CancellationToken cancellation)
    {
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        ChampionVersion champion = record.Current
            ?? throw new FlowException(FailureKind.NotFound, $"The project {project} has no champion, so there is nothing to retrain", "Drop a file for it first: ftf drop FILE --project " + project);
        Recipe? own = await recipes.FindAsync(project, cancellation);
        Recipe made = await RunRecipes.ReadAsync(store, champion.RunId, cancellation);
        Recipe rule = own ?? await FirstReadAsync(record, champion, made, cancellation);
        HealthView view = await health.OfAsync(project, champion, rule.Retrain, cancellation);

        IReadOnlySet<string> judges = await judged.OfAsync(project, cancellation);
        var said = new SaidLabels(
            (await feedback.ListAsync(project, cancellation)).Select(one => one.Feedback), await feedback.CorrectionsAsync(project, cancellation), champion.Labels.Names, judges);
        HashSet<string> seen = await lineage.SeenAsync(champion.Origin, Enum.GetValues<Split>(), cancellation);
        MergedRows merged = await new RetrainingRows(store, intake).MergeAsync(
            project, rule.Dataset, await DropsAsync(project, cancellation), said, seen, cancellation);

        WayOut? wayOut = lives.Of(champion)?.DaysLeft <= rule.Retrain.DyingDays ? await WayOut.OfAsync(rule, lives, choices, cancellation) : null;
        TriedRows? last = (await store.FindJsonAsync<TriedRows>(RunPaths.TriedRows(project), cancellation))?.Value;
        int tried = last?.Version == champion.Version ? Math.Min(last.NewRows, merged.NewRows) : 0;
        DateTimeOffset? rests = last?.At?.AddDays(rule.Retrain.RestDays) is { } until && until > time.GetUtcNow() ? until : null;
        ImmutableArray<string> reasons = [.. Reasons(rule.Retrain, merged.NewRows - tried, tried, view, wayOut, rests)];
        SplitMethod? movesFrom = made.Dataset.Split.Method is not SplitMethod.Stable and var from ? from : null;
        bool tells = movesFrom is not null && (await splits.FindAsync(project, cancellation))?.ToldAt is null;
        (Recipe recipe, ImmutableArray<string> notes) = rescue is null
            ? NightRecipe.Of(rule, made, champion, merged.NewRows, wayOut is { Leads: true } ? wayOut : null, tells)
            : (NightRecipe.Rescued(rule, rescue.Recipe, champion), []);
        var look = new NightLook(
            project, reasons, reasons.IsEmpty ? WhyNot(rule.Retrain, merged.NewRows - tried, tried, view, wayOut, rests) : null, merged.NewRows, merged.Rows, [.. merged.LeftOut.Select(what => $"left out: {what}"), .. notes], view);
        return new NightPlan(look, merged.Path, recipe, champion, movesFrom, tells);
    }

    private static IEnumerable<string> Reasons(RetrainRecipe rule, int untried, int tried, HealthView view, WayOut? wayOut, DateTimeOffset? rests)
    {
        if (untried >= rule.MinimumNewRows)
        {
            yield return $"{Formatting.Counted(untried, "row")} new to the champion{Beside(tried)} (from {rule.MinimumNewRows:N0} on it is retrained)";
        }

        if (rests is not null)
        {
            // What the last retrain could not change is there tomorrow as well, and each night's run would cost.
            yield break;
        }

        // Drift alone brings nothing to learn from: at least one row must be new.
        if (rule.Drift && view.Drift.FirstOrDefault(measure => measure.Drifted) is { } drifted && untried > 0)
        {
            yield return $"what is asked has drifted: {drifted}";
        }

        if (rule.Drift && view.Feedback is { Fell: true } fell && untried > 0)
        {
            yield return $"accuracy on feedback has fallen: {fell}";
        }

        if (wayOut is { Leads: true })
        {
            yield return $"the champion's base model {view.BaseModel} answers until {view.BaseEnds:yyyy-MM-dd} only";
        }
    }

    private static string WhyNot(RetrainRecipe rule, int untried, int tried, HealthView view, WayOut? wayOut, DateTimeOffset? rests)
    {
        string measures = string.Join("; ", view.Drift);
        string drift = view.Drift.IsEmpty ? "nothing was asked that could drift"
            : !view.Drift.Any(measure => measure.Drifted) ? $"no drift ({measures})"
            : rule.Drift ? $"drift ({measures}){(untried > 0 ? "" : ", but no row since the last retrain to learn from")}" : $"drift ({measures}), for which the recipe does not retrain";
        string told = view.Feedback is { } accuracy ? $"accuracy on feedback {accuracy}" : "no feedback on its answers";
        string life = view.BaseEnds is { } end ? $"its base model answers until {end:yyyy-MM-dd}"
            + (wayOut is { Leads: false } ? ", and the recipe has no candidate on one that goes on: add one" : "") : "no end of its model is announced";
        string rest = rests is { } until ? $"; after the last retrain only new rows are a reason until {until:yyyy-MM-dd} (retrain.restDays)" : "";
        return $"{Formatting.Counted(untried, "new row")}{Beside(tried)}, fewer than {rule.MinimumNewRows:N0}; {drift}; {told}; {life}{rest}";
    }

    private static string Beside(int tried) => tried > 0 ? $" beside {tried:N0} that the last retrain has tried" : "";

    /// <summary>Without a recipe of the project's own: how its drops were last read. Runs of nights have read merged rows.</summary>
    private async Task<Recipe> FirstReadAsync(ChampionRecord record, ChampionVersion champion, Recipe made, CancellationToken cancellation)
    {
        var runs = new List<string>();
        await foreach (string runId in lineage.RunsAsync(champion.Origin, cancellation))
        {
            runs.Add(runId);
        }

        foreach (string runId in runs.Concat(record.Versions.Reverse().Select(version => version.RunId)).Distinct())
        {
            RunRecord? run = (await store.FindJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation))?.Value;
            if (run is not null && !run.Drop.Path.StartsWith($"{RunPaths.Models}/", StringComparison.Ordinal))
            {
                return await RunRecipes.ReadAsync(store, runId, cancellation);
            }
        }

        return made;
    }

    private async Task<List<BlobEntry>> DropsAsync(string project, CancellationToken cancellation)
    {
        var drops = new List<BlobEntry>();
        foreach (string container in new[] { RunPaths.Drops, RunPaths.Uploads })
        {
            await foreach (BlobEntry drop in store.ListAsync(container, $"{project}/", cancellation))
            {
                drops.Add(drop);
            }
        }

        return drops;
    }
}
