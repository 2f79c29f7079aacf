using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>A service that speaks the OpenAI wire format: files, fine-tuning jobs, inference. No call is repeated inside: whether
/// to try again is decided by the workflow, which knows what each call costs. Faults are
/// <see cref="Core.Failures.FlowException"/>s whose kind says what to do; a lost answer to a call that makes something
/// (upload, create) is Ambiguous.</summary>
public interface IFineTuningProvider
{
    ProviderFacts Facts { get; }

    /// <summary>The service's Batch API; null where it has none.</summary>
    IBatchInference? Batches => null;

    /// <summary>Files of purpose fine-tune, newest first.</summary>
    IAsyncEnumerable<ProviderFile> ListFilesAsync(CancellationToken cancellation = default);

    /// <summary>Uploads a training file, in parts where it is large. Sent once.</summary>
    /// <param name="name">The file's name at the service; begins with the content's hash, by which it is found again.</param>
    /// <param name="content">JSON lines in UTF-8 without a byte order mark; the adapter adds one where the service wants it.</param>
    /// <param name="bytes">Length of the content.</param>
    Task<ProviderFile> UploadFileAsync(string name, Stream content, long bytes, CancellationToken cancellation = default);

    /// <summary>Null when there is no such file.</summary>
    Task<ProviderFile?> GetFileAsync(string fileId, CancellationToken cancellation = default);

    /// <summary>The bytes of a result file, with base64 removed where the service adds it.</summary>
    Task<byte[]> ReadFileAsync(string fileId, CancellationToken cancellation = default);

    /// <summary>False when it was not there.</summary>
    Task<bool> DeleteFileAsync(string fileId, CancellationToken cancellation = default);

    /// <summary>Creates a job. Sent exactly once, with every retry switched off.</summary>
    Task<ProviderJob> CreateJobAsync(JobRequest request, CancellationToken cancellation = default);

    /// <summary>Jobs whose metadata holds all given pairs, newest first; filtered here where the service cannot.</summary>
    IAsyncEnumerable<ProviderJob> FindJobsAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default);

    /// <summary>All jobs, newest first: where a service keeps no metadata, ours is looked for among them.</summary>
    IAsyncEnumerable<ProviderJob> ListJobsAsync(CancellationToken cancellation = default);

    /// <summary>Null when there is no such job.</summary>
    Task<ProviderJob?> GetJobAsync(string jobId, CancellationToken cancellation = default);

    /// <summary>Asks to cancel; a job that has ended already is not an error.</summary>
    Task<ProviderJob> CancelJobAsync(string jobId, CancellationToken cancellation = default);

    /// <summary>All events, oldest first.</summary>
    Task<IReadOnlyList<JobEvent>> GetEventsAsync(string jobId, CancellationToken cancellation = default);

    Task<IReadOnlyList<JobCheckpoint>> GetCheckpointsAsync(string jobId, CancellationToken cancellation = default);

    /// <summary>The models that the key can see, fine-tunes of its organisation among them.</summary>
    Task<IReadOnlyList<ProviderModel>> ListModelsAsync(CancellationToken cancellation = default);

    /// <summary>Asks a model once.</summary>
    Task<ModelAnswer> AskAsync(ModelQuestion question, CancellationToken cancellation = default);
}

/// <param name="Name">As recipes name it.</param>
/// <param name="Kind">Which shapes and rules apply.</param>
/// <param name="NeedsDeployment">A fine-tune answers only after it was deployed (<see cref="IModelDeployments"/>).</param>
/// <param name="NeedsFileProcessing">An uploaded file must be waited for before a job may use it.</param>
/// <param name="MaxJobs">Jobs the service runs at once.</param>
/// <param name="PriceKey">Section of the price book.</param>
public sealed record ProviderFacts(string Name, ProviderKind Kind, bool NeedsDeployment, bool NeedsFileProcessing, int MaxJobs, string PriceKey)
{
    public bool Simulated => Kind == ProviderKind.Simulator;

    /// <summary>Name of the profile by which the service is spoken to.</summary>
    public string Profile { get; init; } = "";

    /// <summary>The service's own page of fine-tuning jobs, for people; null: there is none.</summary>
    public Uri? Page { get; init; }

    /// <summary>Where fine-tunes are deployed is configured.</summary>
    public bool CanDeploy { get; init; }

    /// <summary>What a deployment costs an hour, by the settings; null: as the price book has it for <see cref="HostingTier"/>.</summary>
    public double? HostingUsdPerHour { get; init; }

    /// <summary>The tier in which fine-tunes are deployed; null: they need no deployment.</summary>
    public TrainingTier? HostingTier { get; init; }

    /// <summary>It offers supervised fine-tuning; else its models can only be asked.</summary>
    public bool Trains { get; init; } = true;

    /// <summary>Newest checkpoints of a job that can be asked, the finished model among them; 0: none but that.</summary>
    public int ServedCheckpoints { get; init; }

    /// <summary>A job comes back with the metadata it was stamped with.</summary>
    public bool KeepsMetadata { get; init; } = true;

    /// <summary>Characters of a job's suffix, at most.</summary>
    public int SuffixLength { get; init; } = 40;

    /// <summary>A candidate's name as the suffix of its job.</summary>
    public string SuffixOf(string candidate) => candidate.Length <= SuffixLength ? candidate : candidate[..SuffixLength];

    /// <summary>Training tiers that it offers; empty: it has none.</summary>
    public ImmutableArray<TrainingTier> Tiers { get; init; } = [];

    /// <summary>How long a request waits for its answer before it counts as lost; uploads may take longer.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>Questions in flight at once for one model, at most.</summary>
    public int MaxConcurrency { get; init; } = 64;

    /// <summary>Questions a minute that one model takes; null: not known, found out from the answers.</summary>
    public int? RequestsPerMinute { get; init; }
}

public enum ProviderKind { OpenAI, AzureOpenAI, Simulator }

/// <param name="Id">As it is asked.</param>
/// <param name="CreatedAt">Where told.</param>
/// <param name="ShutsDown">The first day on which it no longer answers, where the service announces one.</param>
public sealed record ProviderModel(string Id, DateTimeOffset? CreatedAt, DateOnly? ShutsDown);

/// <param name="Id">The service's id.</param>
/// <param name="Name">The file name given at upload.</param>
/// <param name="Bytes">Length, where told.</param>
/// <param name="State">Whether jobs can be made of it.</param>
/// <param name="Error">Why processing failed.</param>
public sealed record ProviderFile(string Id, string Name, long? Bytes, FileState State, string? Error);

public enum FileState
{
    /// <summary>Being uploaded or looked at, or in a state of the service's own.</summary>
    Pending,
    Ready,
    Failed,
    Deleted,
}
