using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>Asks many questions at once, for about half the price and within a day. As with training: the questions' file is
/// found by its name, the batch by its metadata, and neither is ever sent twice blindly.</summary>
public interface IBatchInference
{
    /// <summary>Whether the service has refused to answer this model in any other way.</summary>
    bool AnswersOnly(string model) => false;

    /// <summary>A file of questions that was uploaded before under this name; null: none.</summary>
    Task<ProviderFile?> FindQuestionsAsync(string name, CancellationToken cancellation = default);

    /// <summary>Uploads questions; all of one model family.</summary>
    /// <param name="name">The file's name, by which it is found again: put the content's hash or the chunk's id in it.</param>
    /// <param name="questions">At most 50,000 of different ids, and 200 MB written out.</param>
    /// <exception cref="FlowException">InvalidInput: too many or too much. Ambiguous: the answer was lost.</exception>
    Task<ProviderFile> UploadQuestionsAsync(string name, IReadOnlyList<BatchQuestion> questions, CancellationToken cancellation = default);

    /// <summary>Starts a batch. Sent exactly once.</summary>
    /// <exception cref="FlowException">Ambiguous: the answer was lost; look by metadata before trying again.</exception>
    Task<ProviderBatch> CreateBatchAsync(
        string questionsFile, ModelFamily family, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default);

    /// <summary>Batches whose metadata holds all given pairs, newest first.</summary>
    IAsyncEnumerable<ProviderBatch> FindBatchesAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default);

    /// <summary>Null when there is no such batch.</summary>
    Task<ProviderBatch?> GetBatchAsync(string batchId, CancellationToken cancellation = default);

    /// <summary>Asks to cancel; one that has ended already is not an error. What was answered until then is kept and paid.</summary>
    Task<ProviderBatch> CancelBatchAsync(string batchId, CancellationToken cancellation = default);

    /// <summary>The answers of an ended batch, from its output and its error file, in any order. Rows that are in neither were
    /// not asked.</summary>
    IAsyncEnumerable<BatchAnswer> ReadAnswersAsync(ProviderBatch batch, CancellationToken cancellation = default);
}

/// <param name="Id">The row's id, by which its answer is joined.</param>
/// <param name="Question">What is asked.</param>
public sealed record BatchQuestion(string Id, ModelQuestion Question);

/// <summary>One row's outcome: an answer, or why there is none.</summary>
/// <param name="Id">The row's id.</param>
/// <param name="Answer">Its latency is 0: a batch has none for a row.</param>
/// <param name="Failure">Retryable where the row was not asked or met a fault of the service.</param>
public sealed record BatchAnswer(string Id, ModelAnswer? Answer, Failure? Failure);

/// <summary>A batch as the service tells it, read tolerantly.</summary>
public sealed record ProviderBatch
{
    public required string Id { get; init; }
    public required BatchState State { get; init; }
    /// <summary>The service's own word, also where <see cref="State"/> is Unknown.</summary>
    public required string RawState { get; init; }
    public string? InputFile { get; init; }
    public string? OutputFile { get; init; }
    public string? ErrorFile { get; init; }
    public int? Total { get; init; }
    public int? Completed { get; init; }
    public int? Failed { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    /// <summary>Why the input was refused.</summary>
    public ImmutableArray<string> Errors { get; init; } = [];
    public ImmutableSortedDictionary<string, string> Metadata { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Unknown states are not terminal. Expired and cancelled batches keep the answers that they have.</summary>
    public bool HasEnded => State is BatchState.Completed or BatchState.Failed or BatchState.Expired or BatchState.Cancelled;
}

public enum BatchState { Validating, InProgress, Finalizing, Cancelling, Completed, Failed, Expired, Cancelled, Unknown }
