using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Batches as a test lists them, and what was asked for.</summary>
internal sealed class BatchService : IBatchInference
{
    public List<ProviderBatch> Listed { get; } = [];

    public List<string> Cancelled { get; } = [];

    public List<IReadOnlyDictionary<string, string>> AskedFor { get; } = [];

    public IAsyncEnumerable<ProviderBatch> FindBatchesAsync(IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default)
    {
        AskedFor.Add(metadata);
        return Listed.ToAsyncEnumerable();
    }

    public Task<ProviderBatch> CancelBatchAsync(string batchId, CancellationToken cancellation = default)
    {
        Cancelled.Add(batchId);
        return Task.FromResult(Listed.First(batch => batch.Id == batchId));
    }

    public Task<ProviderFile?> FindQuestionsAsync(string name, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ProviderFile> UploadQuestionsAsync(string name, IReadOnlyList<BatchQuestion> questions, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ProviderBatch> CreateBatchAsync(
        string questionsFile, ModelFamily family, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default) => throw new NotSupportedException();

    public Task<ProviderBatch?> GetBatchAsync(string batchId, CancellationToken cancellation = default) => throw new NotSupportedException();

    public IAsyncEnumerable<BatchAnswer> ReadAnswersAsync(ProviderBatch batch, CancellationToken cancellation = default) => throw new NotSupportedException();
}
