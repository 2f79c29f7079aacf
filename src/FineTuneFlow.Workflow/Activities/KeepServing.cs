using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Brings the deployments of a project one step nearer to what its champion and its recipe's serving settings need: makes what is
/// missing, renews what would expire, removes what nothing refers to. Every step may be repeated.</summary>
public sealed class KeepServing(
    IBlobStore store, Champions champions, ProjectRecipes recipes, IProviders providers, IModelDeployments deployments, TimeProvider time)
    : IActivity<ServeChampionInput, ServingProgress>
{
    // A free tier's deployment is taken away after a day: the next one is made while it still answers.
    private static readonly TimeSpan Renewal = TimeSpan.FromHours(20);

    public async Task<ServingProgress> RunAsync(ServeChampionInput input, CancellationToken cancellation)
    {
        BlobPath path = RunPaths.Serving(input.Project);
        (ServingState Value, string ETag)? known = await store.FindJsonAsync<ServingState>(path, cancellation);
        ServingState state = known?.Value ?? new ServingState([]);
        string? etag = known?.ETag;
        ChampionVersion[] wanted = await WantedAsync(input.Project, cancellation);
        try
        {
            foreach (ServedDeployment unneeded in state.Deployments.Where(d => !wanted.Any(v => v.Version == d.Version && v.Model == d.Model)))
            {
                await RemoveAsync(unneeded.Provider, unneeded.Active, cancellation);
                await RemoveAsync(unneeded.Provider, unneeded.Coming, cancellation);
                await WriteAsync(state = new ServingState(state.Deployments.Remove(unneeded)));
            }

            foreach (ChampionVersion version in wanted)
            {
                ServedDeployment? before = state.Of(version.Version, version.Model);
                ServedDeployment intent = Intent(input.Project, version, before);
                if (intent != before)
                {
                    await WriteAsync(state = Put(state, before, intent));
                }

                ServedDeployment after = await StepAsync(input.Project, intent, cancellation);
                if (after != intent)
                {
                    await WriteAsync(state = Put(state, intent, after));
                }
            }
        }
        catch (FlowException other) when (other.Failure.Kind == FailureKind.Conflict)
        {
            // Another delivery of this step has come before: the next look goes on from what it left.
            return new ServingProgress(state.Deployments.Length, Pending: true);
        }

        // One that was found to be gone is made again at the next look, which comes at once; one that could not be made later.
        return new ServingProgress(state.Deployments.Length, state.Deployments.Any(d => d.Coming is not null || d is { Active: null, Failure: null }));

        async Task WriteAsync(ServingState next) => etag = (await store.WriteJsonAsync(
            path, next, etag is null ? WriteCondition.Absent : WriteCondition.Matches(etag), cancellation)).ETag;
    }

    private static ServingState Put(ServingState state, ServedDeployment? before, ServedDeployment after) =>
        new(before is null ? state.Deployments.Add(after) : state.Deployments.Replace(before, after));

    private async Task<ChampionVersion[]> WantedAsync(string project, CancellationToken cancellation)
    {
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        ServingRecipe rule = (await recipes.ReadAsync(project, cancellation)).Serving;
        // A version with a weight of 0 stands as well: that is the instant way back.
        IEnumerable<string> named = rule.Weights.Keys.Append(rule.Shadow ?? ServingRecipe.Champion).Append(ServingRecipe.Champion);
        return
        [
            .. named.Select(name => ServingChoice.Find(record, rule, name)).OfType<ChampionVersion>().DistinctBy(version => version.Version)
                .Where(version => providers.All.FirstOrDefault(p => p.Name == version.Provider) is { } facts && ServingDeployments.NeedsOne(version, facts)),
        ];
    }

    private ServedDeployment Intent(string project, ChampionVersion version, ServedDeployment? before)
    {
        if (before is null)
        {
            return new ServedDeployment(version.Version, version.Provider!, version.Model, null, null, NameOf(project, version.Version, 1), 1, 0, null);
        }

        bool expires = before is { Active: not null, Coming: null, HourlyUsd: 0 } && time.GetUtcNow() - before.ActiveSince >= Renewal;
        return expires || before is { Active: null, Coming: null }
            ? before with { Coming = NameOf(project, version.Version, before.Generation + 1), Generation = before.Generation + 1 }
            : before;
    }

    private async Task<ServedDeployment> StepAsync(string project, ServedDeployment served, CancellationToken cancellation)
    {
        if (served.Coming is null)
        {
            // The daily look: one that was taken away by hand, or by the service, is made again.
            return await deployments.GetAsync(served.Provider, served.Active!, cancellation) is null
                ? served with { Active = null, ActiveSince = null }
                : served;
        }

        ModelDeployment coming = await deployments.EnsureAsync(served.Provider, served.Coming, served.Model, cancellation);
        if (!await IsListedAsync(project, served.Coming, cancellation))
        {
            // This delivery was late: the deployment was no longer needed, and removed, before its request arrived.
            await LateDeployment.TakeDownAsync(deployments, served.Provider, served.Coming, cancellation);
            return served;
        }

        switch (coming.State)
        {
            case DeploymentState.Ready:
                await RemoveAsync(served.Provider, served.Active, cancellation);
                return served with
                {
                    Active = served.Coming, ActiveSince = coming.CreatedAt ?? time.GetUtcNow(), Coming = null, HourlyUsd = coming.HourlyUsd, Failure = null,
                };
            case DeploymentState.Failed:
                await RemoveAsync(served.Provider, served.Coming, cancellation);
                return served with { Coming = null, Failure = $"{served.Provider} could not deploy {served.Model}" };
            default:
                return served;
        }
    }

    private async Task<bool> IsListedAsync(string project, string name, CancellationToken cancellation) =>
        (await store.FindJsonAsync<ServingState>(RunPaths.Serving(project), cancellation))?.Value.Deployments.Any(d => d.Coming == name || d.Active == name) is true;

    private async Task RemoveAsync(string provider, string? name, CancellationToken cancellation)
    {
        if (name is not null)
        {
            await deployments.RemoveAsync(provider, name, cancellation);
        }
    }

    private static string NameOf(string project, int version, int generation) => ModelDeployment.NameOf($"serve-{project}-v{version}", $"{generation}");
}

/// <param name="Standing">Deployments that stand or come.</param>
/// <param name="Pending">One is still being made.</param>
public sealed record ServingProgress(int Standing, bool Pending);
