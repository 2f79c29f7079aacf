using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>The provider port over the simulated service and network.</summary>
internal sealed class SimulatedProvider(SimulatedService service, Calls calls, PaidAnswers answers) : IFineTuningProvider, IProviders, IModelDeployments
{
    private static readonly Dictionary<string, string> NoMetadata = [];

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
        calls.SendAsync($"create job {request.Suffix}", makes: true, () => service.CreateJob(request));

    public async IAsyncEnumerable<ProviderJob> FindJobsAsync(
        IReadOnlyDictionary<string, string> metadata, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (ProviderJob job in await calls.SendAsync($"find jobs {string.Join(' ', metadata.Values)}", makes: false, () => service.FindJobs(metadata)))
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
        Task.FromResult<IReadOnlyList<JobCheckpoint>>([]);

    public async Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellation = default)
    {
        string row = answers.RowOf(question);
        using IDisposable asking = answers.Asking(question.Model, row);
        return await calls.SendAsync($"ask {question.Model} {row}", makes: true, () => answers.Answer(question.Model, row), refusals: 0);
    }

    public Task<ModelDeployment> EnsureAsync(string provider, string deployment, string tunedModel, CancellationToken cancellation = default) =>
        calls.SendAsync($"deploy {deployment}", makes: false, () => service.Deploy(deployment));

    public Task<ModelDeployment?> GetAsync(string provider, string deployment, CancellationToken cancellation = default) =>
        calls.SendAsync($"get deployment {deployment}", makes: false, () => service.Deployment(deployment));

    public Task<bool> RemoveAsync(string provider, string deployment, CancellationToken cancellation = default) =>
        calls.SendAsync($"remove deployment {deployment}", makes: false, () => service.Undeploy(deployment));
}
