using FineTuneFlow.Durable;
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
