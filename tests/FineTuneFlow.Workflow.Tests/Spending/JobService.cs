using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>A service's jobs as a test lists them, and what was asked for.</summary>
internal sealed class JobService(ProviderFacts facts) : IFineTuningProvider, IProviders
{
    public ProviderFacts Facts { get; set; } = facts;

    /// <summary>Jobs with the metadata that is asked for.</summary>
    public List<ProviderJob> Stamped { get; } = [];

    /// <summary>All jobs.</summary>
    public List<ProviderJob> Listed { get; } = [];

    public List<JobRequest> Requests { get; } = [];

    /// <summary>Thrown where a job is asked for.</summary>
    public FlowException? Refusal { get; set; }

    public string Default => Facts.Name;

    public IReadOnlyList<ProviderFacts> All => [Facts];

    public IFineTuningProvider Get(string name) => this;

    public Task<ProviderJob> CreateJobAsync(JobRequest request, CancellationToken cancellation = default)
    {
        if (Refusal is { } refusal)
        {
            throw refusal;
        }

        Requests.Add(request);
        return Task.FromResult(new ProviderJob { Id = $"job-{Requests.Count}", Model = request.Model, State = JobState.Queued, RawState = "queued" });
    }

    public IAsyncEnumerable<ProviderJob> FindJobsAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default) => Stamped.ToAsyncEnumerable();

    public IAsyncEnumerable<ProviderJob> ListJobsAsync(CancellationToken cancellation = default) => Listed.ToAsyncEnumerable();

    public List<ProviderFile> Files { get; } = [];

    public IAsyncEnumerable<ProviderFile> ListFilesAsync(CancellationToken cancellation = default) => Files.ToAsyncEnumerable();

    public Task<ProviderFile?> GetFileAsync(string fileId, CancellationToken cancellation = default) => Task.FromResult<ProviderFile?>(null);

    public Task<ProviderFile> UploadFileAsync(string name, Stream content, long bytes, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<byte[]> ReadFileAsync(string fileId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<bool> DeleteFileAsync(string fileId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ProviderJob?> GetJobAsync(string jobId, CancellationToken cancellation = default) =>
        Refusal is { } refusal ? throw refusal : Task.FromResult(Listed.Find(job => job.Id == jobId));

    /// <summary>What a service answers that is asked to cancel a job.</summary>
    public Func<string, ProviderJob>? Cancel { get; set; }

    public Task<ProviderJob> CancelJobAsync(string jobId, CancellationToken cancellation = default) => Task.FromResult(Cancel!(jobId));

    public Task<IReadOnlyList<JobEvent>> GetEventsAsync(string jobId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<JobCheckpoint>> GetCheckpointsAsync(string jobId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<IReadOnlyList<ProviderModel>> ListModelsAsync(CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellation = default) => throw new NotSupportedException();
}
