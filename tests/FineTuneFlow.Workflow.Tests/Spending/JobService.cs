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

    /// <summary>Files that lie there, newest first; what is uploaded comes to them.</summary>
    public List<ProviderFile> Files { get; } = [];

    /// <summary>In which state an uploaded file is at first.</summary>
    public FileState StateOfUploads { get; set; } = FileState.Ready;

    /// <summary>What was uploaded, by name and content.</summary>
    public List<(string Name, string Content)> Uploads { get; } = [];

    /// <summary>Jobs that were asked to end.</summary>
    public List<string> Cancelled { get; } = [];

    /// <summary>How often the service was looked through.</summary>
    public int Looks { get; private set; }

    public IBatchInference? Batches { get; set; }

    /// <summary>Thrown where a job is asked for.</summary>
    public FlowException? Refusal { get; set; }

    public string Default => Facts.Name;

    /// <summary>Other providers that are configured.</summary>
    public List<ProviderFacts> Others { get; } = [];

    public IReadOnlyList<ProviderFacts> All => [.. Others, Facts];

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

    public IAsyncEnumerable<ProviderJob> FindJobsAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default)
    {
        Looks++;
        return Stamped.ToAsyncEnumerable();
    }

    public IAsyncEnumerable<ProviderJob> ListJobsAsync(CancellationToken cancellation = default) => Listed.ToAsyncEnumerable();

    public IAsyncEnumerable<ProviderFile> ListFilesAsync(CancellationToken cancellation = default) => Files.ToAsyncEnumerable();

    public Task<ProviderFile?> GetFileAsync(string fileId, CancellationToken cancellation = default) => Task.FromResult(Files.FirstOrDefault(file => file.Id == fileId));

    public async Task<ProviderFile> UploadFileAsync(string name, Stream content, long bytes, CancellationToken cancellation = default)
    {
        using var reader = new StreamReader(content);
        Uploads.Add((name, await reader.ReadToEndAsync(cancellation)));
        Files.Insert(0, new ProviderFile($"file-{Uploads.Count}", name, bytes, StateOfUploads, null));
        return Files[0];
    }

    public Task<byte[]> ReadFileAsync(string fileId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<bool> DeleteFileAsync(string fileId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ProviderJob?> GetJobAsync(string jobId, CancellationToken cancellation = default) =>
        Refusal is { } refusal ? throw refusal : Task.FromResult(Listed.Find(job => job.Id == jobId));

    /// <summary>What a service answers that is asked to cancel a job; null: the job as it stands.</summary>
    public Func<string, ProviderJob>? Cancel { get; set; }

    public Task<ProviderJob> CancelJobAsync(string jobId, CancellationToken cancellation = default)
    {
        Cancelled.Add(jobId);
        return Task.FromResult(Cancel?.Invoke(jobId) ?? Stamped.Concat(Listed).First(job => job.Id == jobId));
    }

    public Task<IReadOnlyList<JobEvent>> GetEventsAsync(string jobId, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<JobEvent>>([]);

    public Task<IReadOnlyList<JobCheckpoint>> GetCheckpointsAsync(string jobId, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<JobCheckpoint>>([]);

    public Task<IReadOnlyList<ProviderModel>> ListModelsAsync(CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellation = default) => throw new NotSupportedException();
}
