using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>Every project that has a recipe, a drop or a champion.</summary>
public sealed class GetProjects(IBlobStore blobs, Champions champions) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        var projects = new SortedDictionary<string, ProjectView>(StringComparer.Ordinal);
        void Add(string name, Func<ProjectView, ProjectView> change)
        {
            if (ProjectName.IsValid(name))
            {
                projects[name] = change(projects.GetValueOrDefault(name) ?? new ProjectView(name, false, 0, null, false));
            }
        }

        await foreach (BlobEntry recipe in blobs.ListAsync(RunPaths.Recipes, "", cancellation))
        {
            if (!recipe.Path.Name.Contains('/') && recipe.Path.Name.EndsWith(".json", StringComparison.Ordinal))
            {
                Add(recipe.Path.Name[..^".json".Length], project => project with { HasRecipe = true });
            }
        }

        await foreach (BlobEntry drop in blobs.ListAsync(RunPaths.Drops, "", cancellation))
        {
            Add(drop.Path.Name.Split('/')[0], project => project with
            {
                Drops = project.Drops + 1,
                LastDropAt = project.LastDropAt > drop.ModifiedAt ? project.LastDropAt : drop.ModifiedAt,
            });
        }

        await foreach (string name in champions.ProjectsAsync(cancellation))
        {
            Add(name, project => project with { HasChampion = true });
        }

        return ApiAnswer.Json(new ProjectList([.. projects.Values]));
    }
}

/// <param name="Projects">By name.</param>
public sealed record ProjectList(IReadOnlyList<ProjectView> Projects);

/// <param name="HasRecipe">Else the default one is used.</param>
/// <param name="Drops">Blobs under <c>drops/{name}/</c>.</param>
/// <param name="LastDropAt">The newest of them.</param>
/// <param name="HasChampion">A model was promoted.</param>
public sealed record ProjectView(string Name, bool HasRecipe, int Drops, DateTimeOffset? LastDropAt, bool HasChampion);
