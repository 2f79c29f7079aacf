using FineTuneFlow.Workflow.Ports;
using Microsoft.Extensions.DependencyInjection;

namespace FineTuneFlow.Simulation;

/// <summary>One seed from its first moment to its last.</summary>
internal sealed class SimulatedRun : IAsyncDisposable
{
    private const int MostMoments = 60_000;
    private static readonly TimeSpan Aftermath = TimeSpan.FromMinutes(20);
    private static readonly TimeSpan RealPatience = TimeSpan.FromSeconds(60);

    private readonly World _world;
    private readonly Scenario _scenario;
    private readonly SimulatedHost[] _hosts;
    private readonly ServiceProvider _secondHost;
    private readonly People _people;
    private readonly ServedChampion _champion;
    private readonly Invariants _invariants;
    private readonly string _folder;
    private int _moments;

    private SimulatedRun(int seed, PreparedOnce prepared, Plant plant)
    {
        var chance = new Chance(seed);
        _world = new World(chance);
        _scenario = Scenario.Draw(chance);
        string memory = Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath();
        _folder = Directory.CreateDirectory(Path.Combine(memory, $"ftf-simulation-{Environment.ProcessId}-{seed}-{Guid.NewGuid():n}")).FullName;

        var store = new SimulatedStore(_world);
        var calls = new Calls(_world, _scenario.LosesRequests);
        var answers = new PaidAnswers(_world, prepared.Rows, (asker, row) => Invariants.IsStored(store, asker, row));
        var service = new SimulatedService(_world, _scenario.Facts, _scenario.HourlyUsd) { Created = job => _people!.Webhook(job) };
        var batches = new SimulatedBatches(_world, calls, answers) { Plant = plant };
        var containers = new SimulatedContainers(_world, calls, store, prepared) { Plant = plant };
        var provider = new SimulatedProvider(_world, service, batches, calls, answers, _scenario)
        {
            Plant = plant, CreationLost = runId => _people!.LosePatience(runId),
        };
        IBlobStore seen = plant == Plant.None ? store : new PlantedStore(store, plant);
        var services = new HostServices(_world, seen, provider, containers);
        _secondHost = services.For(() => _world.Second);
        var deliveries = new Deliveries(_world, _scenario, prepared, _secondHost, plant);
        _hosts = [Host("first host", _scenario.Crashes), .. _scenario.OtherCrashes is { } crashes ? [Host("other host", crashes)] : Array.Empty<SimulatedHost>()];
        _people = new People(_world, _scenario, store, HostOf);
        _champion = new ServedChampion(_world, _scenario, store, service, _hosts[0]);
        _invariants = new Invariants(_world, _scenario, service, batches, containers, store);

        SimulatedHost Host(string name, IReadOnlyList<int> crashes)
        {
            string database = Path.Combine(_folder, $"{name.Replace(' ', '-')}.db");
            File.WriteAllBytes(database, prepared.Database);
            return new SimulatedHost(name, _world, services, deliveries, database, crashes);
        }
    }

    /// <returns>What is wrong with the world at its end; empty: nothing.</returns>
    public static async Task<IReadOnlyList<string>> OfAsync(int seed, PreparedOnce prepared, Plant plant)
    {
        await using var run = new SimulatedRun(seed, prepared, plant);
        try
        {
            await run.PlayOrStallAsync();
            await run._invariants.CheckAsync(one => run.HostOf(one.RunId).Engine, run._hosts.Select(host => host.Engine));
            await run._people.CheckListenerAsync(run._hosts[0].Engine);
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            run._world.Violate($"{error.GetType().Name}: {error.Message}\n{error.StackTrace}");
        }

        return run._world.Violations;
    }

    public async ValueTask DisposeAsync()
    {
        _world.Second.Die();
        foreach (SimulatedHost host in _hosts)
        {
            host.End();
        }

        await _secondHost.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private SimulatedHost HostOf(string about) => _hosts.Length > 1 && _scenario.Runs[1].RunId == about ? _hosts[1] : _hosts[0];

    private async Task PlayOrStallAsync()
    {
        using var ended = new CancellationTokenSource();
        try
        {
            await await Task.WhenAny(PlayAsync(), StallAsync(ended.Token));
        }
        finally
        {
            await ended.CancelAsync();
        }
    }

    /// <summary>Fails when somebody has had something to do for a minute of real time.</summary>
    private async Task StallAsync(CancellationToken ended)
    {
        for (int before = -1; before != Volatile.Read(ref _moments);)
        {
            before = Volatile.Read(ref _moments);
            await Task.Delay(RealPatience, ended);
        }

        throw new TimeoutException($"Somebody has been busy for {RealPatience.TotalSeconds:0} s at {_world.Now:O}: {string.Join(", ", Open)}");
    }

    private async Task PlayAsync()
    {
        await _people.PlanAsync();
        _champion.Begin();
        foreach (SimulatedHost host in _hosts)
        {
            await host.LiveAsync();
        }

        DateTimeOffset? ended = null;
        for (; ; Interlocked.Increment(ref _moments))
        {
            await QuietAsync();
            foreach (SimulatedHost dead in _hosts.Where(host => host.HasDied))
            {
                dead.Die();
            }

            if (!_hosts.Any(host => host.IsAway) && _world.TakeOutside() is { } act)
            {
                await act();
                continue;
            }

            ended = await IsOverAsync() ? ended ?? _world.Now : null;
            if (_world.Now > ended + Aftermath)
            {
                return;
            }

            bool moved = _world.MoveTime();
            foreach (SimulatedHost host in _hosts)
            {
                await host.AwaitAsync(atOnce: !moved);
            }

            if (!moved && ended is not null)
            {
                return;
            }

            if (_moments > MostMoments)
            {
                throw new TimeoutException($"No end after {MostMoments} moments, at {_world.Now:O}: {string.Join(", ", Open)}");
            }
        }
    }

    private bool IsQuiet => _hosts.All(host => host.IsIdle) && _world.Second.Work.Idle.IsCompleted;

    private IEnumerable<string> Open => _hosts.SelectMany(host => host.Engine.Runtime.Slots).Select(slot => slot.Row.Id);

    private async Task<bool> IsOverAsync()
    {
        if (!_people.HaveStartedAll || _hosts.Any(host => host.IsAway))
        {
            return false;
        }

        bool runsOver = Open.All(id => id == Workflow.Flows.ServeId(ServedChampion.Project));
        if (runsOver)
        {
            await _champion.RetireLaterAsync();
        }

        return runsOver && !Open.Any() && await _champion.IsOverAsync();
    }

    /// <summary>Waits until only time can bring more, or a host has died.</summary>
    private async Task QuietAsync()
    {
        while (!IsQuiet && !_hosts.Any(host => host.HasDied))
        {
            await (_hosts.FirstOrDefault(host => !host.IsIdle)?.Quiet ?? _world.Second.Work.Idle);
        }
    }
}
