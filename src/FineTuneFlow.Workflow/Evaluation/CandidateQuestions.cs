using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>How a run's candidates are asked: a champion by the recipe of the run that made it.</summary>
public sealed class CandidateQuestions(IBlobStore store, Shots shots)
{
    public async Task<(QuestionComposer Composer, Recipe Recipe, LabelSet Labels)> OfAsync(
        string runId, PlannedCandidate planned, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation);
        // A continuation of the champion has the champion's origin too, but was trained by its own recipe.
        ModelOrigin made = planned.Kind == OutcomeKind.Champion ? planned.Origin! : new ModelOrigin(runId, planned.Name);
        CandidateRecipe candidate = await RunRecipes.CandidateAsync(store, made.RunId, made.Candidate, cancellation);
        ImmutableArray<DatasetRow> examples = await shots.DrawAsync(made.RunId, candidate, recipe.Dataset.Split.Seed, cancellation);
        return (new QuestionComposer(candidate, planned.Model, manifest.Labels, examples), recipe, manifest.Labels);
    }
}
