using FineTuneFlow.Simulator.Bookkeeping;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Services;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>The jobs, on disk and by id. Every change is written before it is seen.</summary>
internal sealed class JobStore
{
    private readonly SimulatorOptions _options;
    private readonly Ledger _ledger;
    private readonly DocumentFolder<FineTuningJob> _documents;
    private readonly Dictionary<string, FineTuningJob> _jobs = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public JobStore(SimulatorOptions options, Ledger ledger)
    {
        _options = options;
        _ledger = ledger;
        _documents = new DocumentFolder<FineTuningJob>(Path.Combine(options.State, "jobs"));
        foreach (FineTuningJob job in _documents.Load())
        {
            _jobs[job.Id] = job;
        }
    }

    /// <summary>Newest first.</summary>
    public List<FineTuningJob> All()
    {
        lock (_lock)
        {
            return [.. _jobs.Values.OrderByDescending(job => job.Order)];
        }
    }

    public FineTuningJob? Find(string id)
    {
        lock (_lock)
        {
            return _jobs.GetValueOrDefault(id);
        }
    }

    public FineTuningJob Get(string id) =>
        Find(id) ?? throw new ApiException(404, $"Could not find fine tune: {id}", "fine_tune_not_found", "fine_tune_id");

    /// <exception cref="ApiException">404: that service has no such job.</exception>
    public FineTuningJob Get(string id, SimulatedService service) =>
        Find(id) is { } job && job.Service == service.Name
            ? job
            : throw new ApiException(404, $"Could not find fine tune: {id}", "fine_tune_not_found", "fine_tune_id");

    /// <exception cref="ApiException">429: as many jobs as allowed are not over yet.</exception>
    public FineTuningJob Create(FineTuningJob job)
    {
        lock (_lock)
        {
            int running = _jobs.Values.Count(other => other.Status == JobStatus.Running);
            int pending = _jobs.Values.Count(other => other.Status is JobStatus.Validating or JobStatus.Queued);
            if (running + pending >= _options.MaximumActiveJobs)
            {
                throw new ApiException(
                    429,
                    $"This fine-tune request has been rate-limited. Your organization has reached the maximum of "
                    + $"{_options.MaximumActiveJobs} active requests ({running} running, {pending} pending) for the model '{job.BaseModel}'.",
                    "active_job_limit_exceeded");
            }

            job = job with { Order = _jobs.Count == 0 ? 1 : _jobs.Values.Max(other => other.Order) + 1 };
            _documents.Save(job.Id, job);
            _jobs[job.Id] = job;
            _ledger.JobCreated(job);
            return job;
        }
    }

    /// <summary>Changes a job; null where its status does not allow the move any more (it was cancelled meanwhile).</summary>
    /// <param name="id">The job.</param>
    /// <param name="change">From what it is to what it becomes.</param>
    /// <param name="first">Done before the change can be seen: who sees a job succeeded also finds the event that says so.</param>
    public FineTuningJob? Change(string id, Func<FineTuningJob, FineTuningJob> change, Action<FineTuningJob>? first = null)
    {
        lock (_lock)
        {
            FineTuningJob before = Get(id);
            FineTuningJob after = change(before);
            if (after.Status != before.Status && !JobStatus.CanMove(before.Status, after.Status))
            {
                return null;
            }

            first?.Invoke(after);
            _documents.Save(id, after);
            return _jobs[id] = after;
        }
    }
}
