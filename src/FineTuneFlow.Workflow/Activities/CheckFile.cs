using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Whether an uploaded file can be used. OpenAI validates inside the job; Azure has to be waited for.</summary>
public sealed class CheckFile(IProviders providers, RunGuard guard) : IActivity<UploadedFile, FileReadiness>
{
    public async Task<FileReadiness> RunAsync(UploadedFile input, CancellationToken cancellation)
    {
        IFineTuningProvider provider = providers.Get(input.Provider);
        if (input.Gone is not null || !provider.Facts.NeedsFileProcessing)
        {
            return new FileReadiness(true);
        }

        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        if (await provider.GetFileAsync(input.FileId, cancellation) is not { } file)
        {
            return new FileReadiness(
                false, new Failure(FailureKind.NotFound, $"{input.Provider} does not have the uploaded file {input.FileId}", "Rerun to upload it again"));
        }

        return file.State switch
        {
            FileState.Ready => new FileReadiness(true),
            FileState.Failed or FileState.Deleted => throw new FlowException(
                FailureKind.InvalidInput,
                $"{input.Provider} refused the uploaded file {input.FileId}: {file.Error ?? (file.State == FileState.Deleted ? "it was deleted" : "no reason was given")}",
                "Look at dataset/ of the run; the manifest names the form the file is written in"),
            _ => new FileReadiness(false),
        };
    }
}

/// <param name="Ready">It can be trained on.</param>
/// <param name="Missing">What to tell where the service goes on not knowing the file; null: it shows it.</param>
public sealed record FileReadiness(bool Ready, Failure? Missing = null);
