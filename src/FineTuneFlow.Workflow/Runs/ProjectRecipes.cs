using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>The recipes that projects have put, as opposed to those that their runs keep.</summary>
public sealed class ProjectRecipes(IBlobStore store)
{
    /// <summary>The project's recipe, grids as written; the defaults where it has put none.</summary>
    /// <exception cref="Core.Failures.FlowException">InvalidInput: it was put past the API and is wrong.</exception>
    public async Task<Recipe> ReadAsync(string project, CancellationToken cancellation) =>
        await FindAsync(project, cancellation) ?? RecipeReader.Default;

    /// <summary>Null: the project has put none.</summary>
    public async Task<Recipe?> FindAsync(string project, CancellationToken cancellation)
    {
        BlobPath path = RunPaths.ProjectRecipe(ProjectName.Check(project));
        await using BlobRead? own = await store.OpenAsync(path, cancellation);
        return own is null ? null : await RecipeReader.ReadAsync(path.ToString(), own.Content, cancellation);
    }
}
