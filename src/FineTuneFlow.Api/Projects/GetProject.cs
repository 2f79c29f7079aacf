using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Retraining;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Projects;

/// <summary>One project: its champion, how that does, what it was asked, the last night and its reasons.</summary>
public sealed class GetProject(
    ProjectLabels labels, Champions champions, ProjectRecipes recipes, ChampionHealth health, WatchLog watch, ServingDeployments deployments, NightlyRetrain retrain, TimeProvider time)
    : IApiHandler
{
    private const int Days = 30;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string project = ProjectName.Check(request.Route("project"));
        await labels.RequireAsync(project, cancellation);
        ChampionRecord record = await champions.ReadAsync(project, cancellation);

        Recipe recipe = await recipes.ReadAsync(project, cancellation);
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        return ApiAnswer.Json(new ProjectDetail(
            project,
            record.Current,
            record.Challenger,
            record.Versions.Length,
            recipe.Serving,
            record.Current is null ? null : await health.OfAsync(project, record.Current, recipe.Retrain, cancellation),
            [.. (await watch.ReadAsync(project, today.AddDays(1 - Days), cancellation)).Reverse()],
            (await deployments.ReadAsync(project, cancellation)).Deployments,
            await retrain.LastAsync(project, cancellation)));
    }
}

/// <param name="Champion">The version in use; null: none.</param>
/// <param name="Challenger">Asked by name, weight or as shadow; null: none.</param>
/// <param name="Versions">How many there were.</param>
/// <param name="Serving">Weights and shadow.</param>
/// <param name="Health">How the champion does; null without one.</param>
/// <param name="Days">What was asked on the last 30 days, by version, newest first.</param>
/// <param name="Deployments">What stands at providers for it.</param>
/// <param name="LastNight">What became of it; null: it had none yet.</param>
public sealed record ProjectDetail(
    string Name,
    ChampionVersion? Champion,
    ChampionVersion? Challenger,
    int Versions,
    ServingRecipe Serving,
    HealthView? Health,
    IReadOnlyList<DayCounts> Days,
    IReadOnlyList<ServedDeployment> Deployments,
    NightRecord? LastNight);
