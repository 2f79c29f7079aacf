using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>A run's recipe as it is kept with the run: grids expanded, defaults filled in.</summary>
public static class RunRecipes
{
    public static Task<Recipe> ReadAsync(IBlobStore store, string runId, CancellationToken cancellation) =>
        store.ReadJsonAsync<Recipe>(RunPaths.Recipe(runId), cancellation);

    public static async Task<CandidateRecipe> CandidateAsync(IBlobStore store, string runId, string name, CancellationToken cancellation)
    {
        Recipe recipe = await ReadAsync(store, runId, cancellation);
        return recipe.Candidates.FirstOrDefault(c => c.Name == name)
            ?? throw new FlowException(FailureKind.Internal, $"The recipe of {runId} has no candidate {name}");
    }

    /// <summary>The form in which a candidate is trained and asked.</summary>
    public static TrainingForm FormOf(CandidateRecipe candidate, string model) => new(TrainingForm.FamilyOf(model), candidate.SystemPrompt);
}
