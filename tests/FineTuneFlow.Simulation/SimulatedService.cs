using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>What the service holds and has been paid for, whoever asked. Its state changes when a request arrives, whether or not the
/// answer finds its way back.</summary>
internal sealed class SimulatedService(World world, ProviderFacts facts)
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

    public IReadOnlyList<SimulatedDeployment> Standing => Locked(() => _deployments.Values.ToArray());

    public IEnumerable<SimulatedDeployment> AllDeployments => Locked(() => _deployments.Values.Concat(_removed).ToArray());

    public IReadOnlyList<ProviderFile> Files => Locked(() => _files.Values.Select(f => Now(f.File, f.At)).Reverse().ToArray());

    public ProviderFile Upload(string name, long bytes) => Locked(() =>
    {
        var file = new ProviderFile($"file-{++_ids}", name, bytes, "pending", null);
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
        if (!_deployments.TryGetValue(name, out SimulatedDeployment? known))
        {
            _deployments[name] = known = new SimulatedDeployment(name, world.Now, world.Chance.Between($"deployment {name}", 300, 3_000));
        }

        return known.At(world.Now);
    });

    public ModelDeployment? Deployment(string name) => Locked(() => _deployments.GetValueOrDefault(name)?.At(world.Now));

    public bool Undeploy(string name) => Locked(() =>
    {
        if (!_deployments.Remove(name, out SimulatedDeployment? known))
        {
            return false;
        }

        known.RemovedAt = world.Now;
        _removed.Add(known);
        return true;
    });

    private ProviderFile Now(ProviderFile file, DateTimeOffset at) => file with { State = world.Now - at > TimeSpan.FromSeconds(20) ? "processed" : "pending" };

    private T Locked<T>(Func<T> act)
    {
        lock (_gate)
        {
            return act();
        }
    }
}
