using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>The provider port over the simulated service and network.</summary>
internal sealed class SimulatedProvider(World world, SimulatedService service, SimulatedBatches batches, Calls calls, PaidAnswers answers, Scenario scenario)
    : IFineTuningProvider, IProviders, IModelDeployments
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    /// <summary>A planted fault.</summary>
    public Plant Plant { get; init; } = Plant.None;

    /// <summary>Told of a run whose job was asked for without an answer.</summary>
    public Action<string> CreationLost { get; init; } = _ => { };

    public IBatchInference Batches => batches;

    public ProviderFacts Facts => service.Facts;

    public string Default => Facts.Name;

    public IReadOnlyList<ProviderFacts> All => [Facts];

    public IFineTuningProvider Get(string name) => name == Facts.Name ? this : throw new FlowException(FailureKind.InvalidInput, $"No provider {name}");

    public async IAsyncEnumerable<ProviderFile> ListFilesAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (ProviderFile file in await calls.SendAsync("list files", makes: false, () => service.Files))
        {
            yield return file;
        }
    }

    public async Task<ProviderFile> UploadFileAsync(string name, Stream content, long bytes, CancellationToken cancellation = default) =>
        await calls.SendAsync($"upload {name}", makes: true, () => service.Upload(name, bytes));

    public Task<ProviderFile?> GetFileAsync(string fileId, CancellationToken cancellation = default) =>
        calls.SendAsync($"get {fileId}", makes: false, () => service.File(fileId));

    public Task<byte[]> ReadFileAsync(string fileId, CancellationToken cancellation = default) => throw new NotSupportedException("Jobs here leave no result files");

    public Task<bool> DeleteFileAsync(string fileId, CancellationToken cancellation = default) =>
        calls.SendAsync($"delete {fileId}", makes: false, () => service.DeleteFile(fileId));

    public Task<ProviderJob> CreateJobAsync(JobRequest request, CancellationToken cancellation = default) =>
        calls.SendAsync(
            $"create job {request.Suffix}", makes: true, () => service.CreateJob(request), lost: () => CreationLost(request.Metadata["ftf_run"]));

    public async IAsyncEnumerable<ProviderJob> FindJobsAsync(
        IReadOnlyDictionary<string, string> metadata, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ProviderJob[] found = await calls.SendAsync($"find jobs {string.Join(' ', metadata.Values)}", makes: false, () => service.FindJobs(metadata));
        foreach (ProviderJob job in (metadata.ContainsKey("ftf_candidate") ? Plant.FindsJobs : Plant.FindsJobsOfRuns) ? found : [])
        {
            yield return job;
        }
    }

    public IAsyncEnumerable<ProviderJob> ListJobsAsync(CancellationToken cancellation = default) => FindJobsAsync(NoMetadata, cancellation);

    public Task<IReadOnlyList<ProviderModel>> ListModelsAsync(CancellationToken cancellation = default) => throw new NotSupportedException("Nobody asks here");

    public Task<ProviderJob?> GetJobAsync(string jobId, CancellationToken cancellation = default) =>
        calls.SendAsync($"get {jobId}", makes: false, () => service.Job(jobId));

    public Task<ProviderJob> CancelJobAsync(string jobId, CancellationToken cancellation = default) =>
        calls.SendAsync($"cancel {jobId}", makes: false, () => service.CancelJob(jobId));

    public Task<IReadOnlyList<JobEvent>> GetEventsAsync(string jobId, CancellationToken cancellation = default) => Task.FromResult<IReadOnlyList<JobEvent>>([]);

    public Task<IReadOnlyList<JobCheckpoint>> GetCheckpointsAsync(string jobId, CancellationToken cancellation = default) =>
        Task.FromResult<IReadOnlyList<JobCheckpoint>>([new(10, $"ft:{jobId}:step-10", 0.9), new(20, $"ft:{jobId}:step-20", 0.8)]);

    public async Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellation = default)
    {
        string row = answers.RowOf(question);
        using IDisposable asking = answers.Asking(World.Asking!, row, batches.HasAnswered);
        string point = $"ask {question.Model} {row}";
        return await calls.SendAsync(
            point, makes: true, () => answers.Answer(question.Model, row), refusals: scenario.Throttles ? 0.15 : 0, () => Throttled(point));
    }

    /// <summary>Most services ask to wait for seconds; some for longer than a step holds a question.</summary>
    private Failure Throttled(string point)
    {
        double how = world.Chance.Next($"{point} throttled");
        TimeSpan wait = how < 0.9 ? world.Chance.Magnitude($"{point} waits", 0.5, 100) : world.Chance.Magnitude($"{point} waits long", 150, 4_000);
        return new Failure(FailureKind.Throttled, "Too many questions", RetryAfter: wait);
    }

    public Task<ModelDeployment> EnsureAsync(string provider, string deployment, string tunedModel, CancellationToken cancellation = default) =>
        calls.SendAsync($"deploy {deployment}", makes: false, () => service.Deploy(deployment));

    public Task<ModelDeployment?> GetAsync(string provider, string deployment, CancellationToken cancellation = default) =>
        calls.SendAsync($"get deployment {deployment}", makes: false, () => service.Deployment(deployment));

    public Task<bool> RemoveAsync(string provider, string deployment, CancellationToken cancellation = default) =>
        calls.SendAsync($"remove deployment {deployment}", makes: false, () => Plant.KeepsDeployments(deployment) || service.Undeploy(deployment));
}
