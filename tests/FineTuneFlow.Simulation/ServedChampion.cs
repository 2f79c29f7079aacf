using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Serving;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Simulation;

/// <summary>The project's champion after its runs: the host looks after its deployments now and then, somebody takes one away by hand,
/// and at last another champion takes its place which needs none. Notices when the champion could not answer for long.</summary>
internal sealed class ServedChampion(World world, Scenario scenario, SimulatedStore store, SimulatedService service, SimulatedHost host)
{
    public const string Project = "sim";

    private static readonly TimeSpan Tick = TimeSpan.FromMinutes(30);

    /// <summary>The next look, the making of a deployment, and what a lost answer costs.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(6);

    private DateTimeOffset? _retiresAt;
    private DateTimeOffset _changedAt;
    private int _version;
    private bool _retired;

    /// <summary>Nothing stands, and nothing is to come.</summary>
    public async Task<bool> IsOverAsync() => (_retired || (await ChampionAsync()).Current is null) && (await StateAsync()).Deployments.IsEmpty;

    public void Begin() => world.Outside(world.Now + TimeSpan.FromMinutes(1), LookAsync);

    /// <summary>All runs have ended: the champion that they left is served for as long as the seed says.</summary>
    public async Task RetireLaterAsync()
    {
        if (_retiresAt is not null || (await ChampionAsync()).Current is not { } champion)
        {
            return;
        }

        bool needsDeployment = ServingDeployments.NeedsOne(champion, service.Facts);
        _retiresAt = world.Now + (needsDeployment ? scenario.ServedFor : TimeSpan.Zero);
        world.Outside(_retiresAt.Value, RetireAsync);
        if (needsDeployment && world.Chance.Hits("taken away", 0.2))
        {
            world.Outside(world.Now + world.Chance.Magnitude("taken away at", 60, 100_000), TakeAwayAsync);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            await KeeperTickAsync();
        }
        catch (FlowException failed) when (failed.Failure.Kind is FailureKind.Unavailable or FailureKind.NotFound or FailureKind.Conflict)
        {
            // The host is away, or what it would wake has just ended: it looks again.
        }

        await ObserveAsync();
        if (!_retired || !await IsOverAsync())
        {
            world.Outside(world.Now + Tick, LookAsync);
        }
    }

    private Task KeeperTickAsync() => host.IsAway
        ? throw new FlowException(FailureKind.Unavailable, "The host is away")
        : new ServingKeeper(host.Engine, store, Champions, host.Services.GetRequiredService<IProviders>()).TickAsync(CancellationToken.None);

    private Champions Champions => host.Services.GetRequiredService<Champions>();

    private async Task ObserveAsync()
    {
        ChampionVersion? champion = (await ChampionAsync()).Current;
        if (champion is null || _retired || !ServingDeployments.NeedsOne(champion, service.Facts))
        {
            return;
        }

        if (champion.Version != _version)
        {
            (_version, _changedAt) = (champion.Version, world.Now);
        }

        DateTimeOffset quietSince = new[] { _changedAt, service.LastTrouble, host.CameBackAt ?? DateTimeOffset.MinValue }.Max();
        string? active = (await StateAsync()).Of(champion.Version, champion.Model)?.Active;
        if (world.Now - quietSince > Patience && !service.Standing.Any(d => d.Name == active))
        {
            world.Violate($"Version {champion.Version} of {Project} could not be asked at {world.Now:u}, {world.Now - quietSince} after the last trouble");
        }
    }

    private async Task TakeAwayAsync()
    {
        if ((await StateAsync()).Deployments is [{ Active: { } active }, ..])
        {
            service.TakeAway(active);
        }
    }

    private async Task RetireAsync()
    {
        ChampionRecord record = await ChampionAsync();
        ChampionVersion own = record.Current! with
        {
            Version = record.Current!.Version + 1, Provider = null, Kind = OutcomeKind.LinearBaseline, Model = "models/sim/linear", PromotedAt = world.Now,
        };
        await store.WriteJsonAsync(RunPaths.Champion(Project), record with { Versions = record.Versions.Add(own) });
        _retired = true;
        await WakeAsync();
    }

    private async Task WakeAsync()
    {
        try
        {
            if (!host.IsAway)
            {
                await new ServingKeeper(host.Engine, store, Champions, host.Services.GetRequiredService<IProviders>()).WakeAsync(Project, CancellationToken.None);
                return;
            }
        }
        catch (FlowException failed) when (failed.Failure.Kind is FailureKind.Unavailable or FailureKind.NotFound or FailureKind.Conflict)
        {
            // It is asked again below.
        }

        world.Outside(world.Now + TimeSpan.FromSeconds(5), WakeAsync);
    }

    private async Task<ChampionRecord> ChampionAsync() =>
        (await store.FindJsonAsync<ChampionRecord>(RunPaths.Champion(Project)))?.Value ?? new ChampionRecord([]);

    private async Task<ServingState> StateAsync() => (await store.FindJsonAsync<ServingState>(RunPaths.Serving(Project)))?.Value ?? new ServingState([]);
}
