using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Training files at a provider, each uploaded once: its name begins with its content's hash, by which a file whose upload lost
/// its answer is found again.</summary>
public sealed class TrainingUploads(IBlobStore store, IProviders providers, SpendOnce once, EarlierRuns earlier)
{
    /// <summary>How long after a look at a file that is being processed the next one follows.</summary>
    private static readonly TimeSpan ProcessingLook = TimeSpan.FromSeconds(2);

    /// <summary>The file of this run, of the run that it repeats, or a new one.</summary>
    public async Task<UploadedFile> UploadAsync(UploadFileInput input, CancellationToken cancellation)
    {
        IFineTuningProvider provider = providers.Get(input.Provider);
        return await OnceAsync(
            RunPaths.Upload(input.RunId, input.Provider, input.File.Blob.Sha256), input.RunId, provider, input.File.Blob,
            stop => earlier.FileAsync(provider, input, stop), cancellation);
    }

    /// <summary>Whether a file that was uploaded can be trained on.</summary>
    /// <exception cref="FlowException">InvalidInput: the service refuses it.</exception>
    public async Task<FileReadiness> LookAsync(UploadedFile uploaded, CancellationToken cancellation)
    {
        IFineTuningProvider provider = providers.Get(uploaded.Provider);
        if (!provider.Facts.NeedsFileProcessing)
        {
            return new FileReadiness(true);
        }

        if (await provider.GetFileAsync(uploaded.FileId, cancellation) is not { } file)
        {
            return new FileReadiness(
                false, new Failure(FailureKind.NotFound, $"{uploaded.Provider} does not have the uploaded file {uploaded.FileId}", "Rerun to upload it again"));
        }

        return file.State switch
        {
            FileState.Ready => new FileReadiness(true),
            FileState.Failed or FileState.Deleted => throw new FlowException(
                FailureKind.InvalidInput,
                $"{uploaded.Provider} refused the uploaded file {uploaded.FileId}: {file.Error ?? (file.State == FileState.Deleted ? "it was deleted" : "no reason was given")}",
                "Look at dataset/ of the run; the manifest names the form the file is written in"),
            _ => new FileReadiness(false),
        };
    }

    /// <summary>The files of a job that is made after all, although an earlier run's was expected to be adopted: what had been deleted is
    /// uploaded again.</summary>
    /// <exception cref="FlowException">Unavailable: the service has not processed one of them yet; call again a little later.</exception>
    public async Task<TrainingFiles> PresentAsync(SubmitJobInput input, CancellationToken cancellation) => new(
        await PresentAsync(input.RunId, input.Files.Train, cancellation), await PresentAsync(input.RunId, input.Files.Validation, cancellation));

    private async Task<string> PresentAsync(string runId, string fileId, CancellationToken cancellation)
    {
        if (await earlier.UploadAsync(runId, fileId, cancellation) is not var (_, file) || file.Gone is not { } content)
        {
            return fileId;
        }

        UploadedFile again = await OnceAsync(
            RunPaths.UploadAgain(runId, file.Provider, content.Sha256), runId, providers.Get(file.Provider), content, _ => Task.FromResult<UploadedFile?>(null), cancellation);
        return (await LookAsync(again, cancellation)).Ready
            ? again.FileId
            : throw new FlowException(new Failure(
                FailureKind.Unavailable, $"{file.Provider} has not processed the uploaded file {again.FileId} yet", null, RetryAfter: ProcessingLook));
    }

    private Task<UploadedFile> OnceAsync(
        BlobPath record, string runId, IFineTuningProvider provider, BlobRef content, Func<CancellationToken, Task<UploadedFile?>> orElse, CancellationToken cancellation)
    {
        string name = TrainingFileName.Of(content.Sha256, runId);
        return once.RunAsync(
            record,
            SpendGrace.OfFile(provider.Facts),
            async stop => await FindAsync(provider, name, content.Bytes, stop) is { } file
                ? new UploadedFile(runId, provider.Facts.Name, file.Id)
                : await orElse(stop),
            async stop =>
            {
                await using BlobRead read = await store.OpenExistingUnpackedAsync(BlobPath.Parse(content.Path), stop);
                ProviderFile file = await provider.UploadFileAsync(name, read.Content, content.Bytes, stop);
                return new UploadedFile(runId, provider.Facts.Name, file.Id);
            },
            cancellation);
    }

    /// <summary>By name, which holds the content's hash, and by length: an upload that broke off may have left a short file.</summary>
    private static async Task<ProviderFile?> FindAsync(IFineTuningProvider provider, string name, long bytes, CancellationToken cancellation)
    {
        await foreach (ProviderFile file in provider.ListFilesAsync(cancellation))
        {
            // Azure counts the byte order mark that it wants to be sent.
            bool whole = file.Bytes is null || file.Bytes == bytes || file.Bytes == bytes + 3;
            if (file.Name == name && whole && file.State is not (FileState.Failed or FileState.Deleted))
            {
                return file;
            }
        }

        return null;
    }
}
