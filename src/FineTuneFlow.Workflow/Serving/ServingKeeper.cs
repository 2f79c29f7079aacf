using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Orchestrations;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>Sees to it that a project whose versions need deployments has its <see cref="Orchestrations.ServeChampion"/>.</summary>
public sealed class ServingKeeper(IDurableClient client, IBlobStore store, Champions champions, IProviders providers)
{
    /// <summary>Starts the project's orchestration where it is needed, or lets the one that there is look at once.</summary>
    public async Task WakeAsync(string project, CancellationToken cancellation)
    {
        ProjectName.Check(project);
        if (!await IsNeeded(project, cancellation))
        {
            return;
        }

        string id = Flows.ServeId(project);
        InstanceState? known = await client.GetAsync(id, cancellation);
        if (known is { HasEnded: false })
        {
            await client.RaiseEventAsync(id, Signals.Wake, new WakeUp("the versions in use have changed"), cancellation);
            return;
        }

        if (known is not null)
        {
            await client.PurgeAsync(id, cancellation);
        }

        await client.StartAsync(Flows.ServeChampion, id, new ServeChampionInput(project), cancellation);
    }

    /// <summary>Every project's, where none goes on: what a crash has lost is begun again.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            if (await IsNeeded(project, cancellation) && await client.GetAsync(Flows.ServeId(project), cancellation) is not { HasEnded: false })
            {
                await WakeAsync(project, cancellation);
            }
        }
    }

    // Also where something stands that is needed no longer.
    private async Task<bool> IsNeeded(string project, CancellationToken cancellation)
    {
        ServingState? standing = (await store.FindJsonAsync<ServingState>(RunPaths.Serving(project), cancellation))?.Value;
        return standing is { Deployments.Length: > 0 }
            || ((await champions.ReadAsync(project, cancellation)).Current is { Provider: { } provider } champion
                && providers.All.FirstOrDefault(p => p.Name == provider) is { } facts && ServingDeployments.NeedsOne(champion, facts));
    }
}
