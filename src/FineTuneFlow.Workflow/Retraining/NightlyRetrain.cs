using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>The night's work: for every project with a fine-tuned champion, all drops so far and the feedback become one data set,
/// and the champion is trained on. Nothing new, nothing done: the data's hash is part of the run's id, so a night that is
/// repeated, or run by two hosts, starts the same run.</summary>
public sealed class NightlyRetrain(
    IBlobStore store, Champions champions, Lineage lineage, FeedbackStore feedback, RunStarter runs, ILogger<NightlyRetrain> logger)
{
    private const string Trigger = "timer";

    /// <returns>The runs begun.</returns>
    public async Task<ImmutableArray<StartedRun>> RunAsync(CancellationToken cancellation)
    {
        var started = ImmutableArray.CreateBuilder<StartedRun>();
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            try
            {
                if (await RunAsync(project, cancellation) is { } run)
                {
                    started.Add(run);
                }
            }
            catch (FlowException error)
            {
                // One project's bad data must not cost the others their night.
                logger.LogError("Retraining {Project} was not started: {Failure}", project, error.Failure);
            }
        }

        return started.ToImmutable();
    }

    /// <summary>Retrains one project.</summary>
    /// <returns>Null: no fine-tuned champion, or no data that it has not seen.</returns>
    public async Task<StartedRun?> RunAsync(string project, CancellationToken cancellation)
    {
        ChampionVersion? champion = (await champions.ReadAsync(project, cancellation)).Current;
        if (champion is not { Kind: OutcomeKind.FineTune or OutcomeKind.Continuation })
        {
            return null;
        }

        Recipe recipe = await RunRecipes.ReadAsync(store, champion.RunId, cancellation);
        if (recipe.Dataset.Split.Method != SplitMethod.Stable)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"The champion of {project} was trained on a {recipe.Dataset.Split.Method.ToString().ToLowerInvariant()} split, which moves when data grows: texts it has seen would judge it",
                "Use the split method stable in the project's recipe and promote a model trained with it",
                Field: "dataset.split.method"));
        }

        RunRecord made = await store.ReadJsonAsync<RunRecord>(RunPaths.Record(champion.RunId), cancellation);
        List<BlobEntry> drops = await DropsAsync(project, cancellation);
        List<Feedback> corrections = await feedback.ReadAllAsync(project, cancellation);
        bool isNew = corrections.Exists(c => c.At > champion.PromotedAt) || drops.Exists(d => d.ModifiedAt > made.StartedAt && d.Path.ToString() != made.Drop.Path);
        if (!isNew)
        {
            return null;
        }

        BlobPath merged = await new RetrainingRows(store).MergeAsync(project, await DropsRecipeAsync(champion, cancellation), drops, corrections, cancellation);
        return await runs.StartAsync(project, merged, JsonSerializer.SerializeToUtf8Bytes(RecipeOf(recipe, champion), FlowJson.Indented), Trigger, cancellation);
    }

    /// <summary>How drops are read: by the recipe of the last run in the champion's line that read one. Those of earlier nights have
    /// read merged rows.</summary>
    private async Task<Recipe> DropsRecipeAsync(ChampionVersion champion, CancellationToken cancellation)
    {
        string runId = champion.RunId;
        await foreach (string earlier in lineage.RunsAsync(new ModelOrigin(champion.RunId, champion.Candidate), cancellation))
        {
            runId = earlier;
            if ((await store.ReadJsonAsync<RunRecord>(RunPaths.Record(runId), cancellation)).Trigger != Trigger)
            {
                break;
            }
        }

        return await RunRecipes.ReadAsync(store, runId, cancellation);
    }

    /// <summary>The champion's recipe over merged rows: one continuation of the champion, baselines and rules as they were.</summary>
    private static Recipe RecipeOf(Recipe recipe, ChampionVersion champion)
    {
        CandidateRecipe trained = recipe.Candidates.First(c => c.Name == champion.Candidate);
        return recipe with
        {
            Dataset = recipe.Dataset with
            {
                Text = new OneOrMany<string>("text"),
                Label = "label",
                Csv = new CsvRecipe(),
                Filters = [],
                Labels = recipe.Dataset.Labels with { Order = champion.Labels.Ordered ? champion.Labels.Names : [], Good = champion.Labels.Good },
                Slices = [],
            },
            Candidates =
            [
                trained with
                {
                    Name = "retrain", Model = null, ContinueFrom = PlannedCandidate.ChampionName, Data = TrainingData.New, Epochs = new OneOrMany<int>(1), Kind = CandidateKind.FineTune,
                },
            ],
        };
    }

    private async Task<List<BlobEntry>> DropsAsync(string project, CancellationToken cancellation)
    {
        var drops = new List<BlobEntry>();
        await foreach (BlobEntry drop in store.ListAsync(RunPaths.Drops, $"{project}/", cancellation))
        {
            drops.Add(drop);
        }

        return drops;
    }
}
