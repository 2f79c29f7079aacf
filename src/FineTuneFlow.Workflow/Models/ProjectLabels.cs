using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Which labels a project has: those that its champion answers with, or those that its recipe orders.</summary>
public sealed class ProjectLabels(IBlobStore store, Champions champions, ProjectRecipes recipes)
{
    /// <exception cref="FlowException">NotFound: there is no such project, the nearest one named; Conflict: its labels are not known yet.</exception>
    public async Task<ImmutableArray<string>> OfAsync(string project, CancellationToken cancellation)
    {
        if ((await champions.ReadAsync(project, cancellation)).Current is { } champion)
        {
            return champion.Labels.Names;
        }

        Recipe? recipe = await recipes.FindAsync(project, cancellation);
        if (recipe is { Dataset.Labels.Order.Length: > 0 })
        {
            return recipe.Dataset.Labels.Order;
        }

        if (recipe is not null || await HasDropsAsync(project, cancellation))
        {
            throw new FlowException(FailureKind.Conflict, $"The project {project} has no champion yet, so its labels are not known", "Promote a model first, or list the labels in dataset.labels.order of its recipe");
        }

        throw await UnknownAsync(project, cancellation);
    }

    /// <exception cref="FlowException">InvalidInput: none of the project's labels, the nearest one named.</exception>
    /// <param name="field">The request's field that it stands in.</param>
    public static void Check(ImmutableArray<string> labels, string label, string field = "label")
    {
        if (!labels.Contains(label, StringComparer.Ordinal))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"\"{(label.Length <= 60 ? label : label[..60] + "...")}\" is none of the project's labels",
                NearestName.Of(label, labels) is { } near ? $"Did you mean \"{near}\"?" : $"Use one of {string.Join(", ", labels.Take(20))}",
                Field: field));
        }
    }

    /// <exception cref="FlowException">NotFound: there is no such project, the nearest one named.</exception>
    public async Task RequireAsync(string project, CancellationToken cancellation)
    {
        if ((await champions.ReadAsync(project, cancellation)).Current is null
            && !await store.ExistsAsync(RunPaths.ProjectRecipe(project), cancellation)
            && !await HasDropsAsync(project, cancellation))
        {
            throw await UnknownAsync(project, cancellation);
        }
    }

    /// <summary>All projects that have a recipe, a drop or a champion. Their drops are not looked at one by one.</summary>
    private async Task<SortedSet<string>> NamesAsync(CancellationToken cancellation)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            names.Add(project);
        }

        await foreach (string project in store.ListFoldersAsync(RunPaths.Drops, cancellation))
        {
            names.Add(project);
        }

        await foreach (BlobEntry recipe in store.ListAsync(RunPaths.Recipes, "", cancellation))
        {
            names.Add(Path.GetFileNameWithoutExtension(recipe.Path.Name));
        }

        names.RemoveWhere(name => !ProjectName.IsValid(name));
        return names;
    }

    private async Task<FlowException> UnknownAsync(string project, CancellationToken cancellation)
    {
        SortedSet<string> known = await NamesAsync(cancellation);
        return new FlowException(new Failure(
            FailureKind.NotFound,
            $"There is no project {project}",
            NearestName.Of(project, known) is { } near ? $"Did you mean {near}?" : known.Count == 0 ? "Drop a file for it first" : $"There are {string.Join(", ", known.Take(20))}",
            Field: "project"));
    }

    private async Task<bool> HasDropsAsync(string project, CancellationToken cancellation)
    {
        await foreach (BlobEntry _ in store.ListAsync(RunPaths.Drops, $"{project}/", cancellation))
        {
            return true;
        }

        return false;
    }
}
