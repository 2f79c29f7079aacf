using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Uploads a training or validation file once. A rerun uses the file of the run that it repeats.</summary>
public sealed class UploadFile(TrainingUploads uploads, RunGuard guard) : IActivity<UploadFileInput, UploadedFile>
{
    public async Task<UploadedFile> RunAsync(UploadFileInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        return await uploads.UploadAsync(input, cancellation);
    }
}

/// <param name="RunId">The run.</param>
/// <param name="Provider">Where to.</param>
/// <param name="File">Train or validation in a training form, never the holdout.</param>
public sealed record UploadFileInput(string RunId, string Provider, DatasetFile File);

/// <param name="RunId">The run.</param>
/// <param name="Provider">Where it is.</param>
/// <param name="FileId">There.</param>
/// <param name="Gone">What an earlier run had uploaded under this id and its clean-up has deleted, as no job needs it any more; null: the
/// file is there.</param>
public sealed record UploadedFile(string RunId, string Provider, string FileId, BlobRef? Gone = null);
