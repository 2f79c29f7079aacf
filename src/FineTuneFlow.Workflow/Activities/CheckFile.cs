using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Whether an uploaded file can be used. OpenAI validates inside the job; Azure has to be waited for.</summary>
public sealed class CheckFile(TrainingUploads uploads, RunGuard guard) : IActivity<UploadedFile, FileReadiness>
{
    public async Task<FileReadiness> RunAsync(UploadedFile input, CancellationToken cancellation)
    {
        if (input.Gone is not null)
        {
            return new FileReadiness(true);
        }

        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        return await uploads.LookAsync(input, cancellation);
    }
}
