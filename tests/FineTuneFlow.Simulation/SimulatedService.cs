using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>What the service holds and has been paid for, whoever asked. Its state changes when a request arrives, whether or not the
/// answer finds its way back.</summary>
/// <param name="world">Where it stands.</param>
/// <param name="facts">What it is.</param>
/// <param name="hourlyUsd">What a deployment costs.</param>
internal sealed class SimulatedService(World world, ProviderFacts facts, double hourlyUsd)
{
    private readonly Lock _gate = new();
    private readonly List<SimulatedJob> _jobs = [];
    private readonly Dictionary<string, (ProviderFile File, DateTimeOffset At)> _files = [];
    private readonly Dictionary<string, SimulatedDeployment> _deployments = [];
    private readonly List<SimulatedDeployment> _removed = [];
    private int _ids;

    public ProviderFacts Facts => facts;

    /// <summary>Told of every job that was created.</summary>
    public Action<SimulatedJob> Created { get; set; } = _ => { };

    public IReadOnlyList<SimulatedJob> Jobs => Locked(() => _jobs.ToArray());

    public IReadOnlyList<SimulatedDeployment> Standing => Locked(() => _deployments.Values.Where(d => d.Stands(world.Now)).ToArray());

    /// <summary>When a deployment failed, or was taken away by somebody.</summary>
    public DateTimeOffset LastTrouble { get; private set; } = DateTimeOffset.MinValue;

    public IEnumerable<SimulatedDeployment> AllDeployments => Locked(() => _deployments.Values.Concat(_removed).ToArray());

    public IReadOnlyList<ProviderFile> Files => Locked(() => _files.Values.Select(f => Now(f.File, f.At)).Reverse().ToArray());

    public ProviderFile Upload(string name, long bytes) => Locked(() =>
    {
        var file = new ProviderFile($"file-{++_ids}", name, bytes, FileState.Pending, null);
        _files[file.Id] = (file, world.Now);
        return Now(file, world.Now);
    });

    public ProviderFile? File(string id) => Locked(() => _files.TryGetValue(id, out (ProviderFile File, DateTimeOffset At) known) ? Now(known.File, known.At) : null);

    public bool DeleteFile(string id) => Locked(() => _files.Remove(id));

    public ProviderJob CreateJob(JobRequest request) => Locked(() =>
    {
        if (_jobs.Count(j => j.EndsAt > world.Now) >= facts.MaxJobs)
        {
            throw new FlowException(FailureKind.TooManyJobs, "Too many jobs");
        }

        if (!_files.ContainsKey(request.TrainingFile))
        {
            throw new FlowException(FailureKind.InvalidInput, "No such file");
        }

        string point = $"job of {request.Metadata["ftf_candidate"]}";
        if (world.Chance.Hits($"{point} meets the day's cap", 0.02))
        {
            throw new FlowException(FailureKind.DailyCapReached, "The day's jobs are used up");
        }

        var job = new SimulatedJob(
            $"job-{++_ids}", request, world.Now, world.Chance.Between($"{point} queued", 1, 600), world.Chance.Magnitude($"{point} trains", 20, 20_000),
            world.Chance.Hits($"{point} fails", 0.05));
        _jobs.Add(job);
        Created(job);
        return job.At(world.Now);
    });

    public ProviderJob? Job(string id) => Locked(() => _jobs.Select(j => j.At(world.Now)).FirstOrDefault(j => j.Id == id));

    public ProviderJob[] FindJobs(IReadOnlyDictionary<string, string> metadata) =>
        Locked(() => _jobs.Where(j => j.Carries(metadata)).Select(j => j.At(world.Now)).Reverse().ToArray());

    public ProviderJob CancelJob(string id) => Locked(() =>
    {
        SimulatedJob job = _jobs.First(j => j.At(world.Now).Id == id);
        job.Cancel(world.Now);
        return job.At(world.Now);
    });

    public ModelDeployment Deploy(string name) => Locked(() =>
    {
        if (Known(name) is not { } known)
        {
            bool fails = world.Chance.Hits($"deployment {name} fails", 0.04);
            _deployments[name] = known = new SimulatedDeployment(
                name, world.Now, world.Chance.Between($"deployment {name}", 300, 3_000), hourlyUsd, fails);
            LastTrouble = fails ? world.Now + TimeSpan.FromHours(1) : LastTrouble;
        }

        return known.At(world.Now);
    });

    public ModelDeployment? Deployment(string name) => Locked(() => Known(name)?.At(world.Now));

    public bool Undeploy(string name) => Locked(() =>
    {
        if (Known(name) is not { } known)
        {
            return false;
        }

        Remove(known);
        return true;
    });

    /// <summary>Somebody removes a deployment by hand.</summary>
    public void TakeAway(string name) => Locked(() =>
    {
        LastTrouble = world.Now;
        return Undeploy(name);
    });

    private SimulatedDeployment? Known(string name)
    {
        if (_deployments.GetValueOrDefault(name) is not { } known)
        {
            return null;
        }

        if (known.Stands(world.Now))
        {
            return known;
        }

        Remove(known);
        return null;
    }

    private void Remove(SimulatedDeployment deployment)
    {
        deployment.RemovedAt = world.Now;
        _deployments.Remove(deployment.Name);
        _removed.Add(deployment);
    }

    private ProviderFile Now(ProviderFile file, DateTimeOffset at) => file with { State = world.Now - at > TimeSpan.FromSeconds(20) ? FileState.Ready : FileState.Pending };

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
        {
            return act();
        }
    }
}
