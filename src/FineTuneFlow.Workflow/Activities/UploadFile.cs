using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Uploads a training or validation file once: its name begins with its content's hash, by which a file whose upload
/// lost its answer is found again. A rerun uses the file of the run that it repeats.</summary>
public sealed class UploadFile(IBlobStore store, IProviders providers, SpendOnce once, EarlierRuns earlier, RunGuard guard) : IActivity<UploadFileInput, UploadedFile>
{
    public async Task<UploadedFile> RunAsync(UploadFileInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        IFineTuningProvider provider = providers.Get(input.Provider);
        BlobRef blob = input.File.Blob;
        string name = TrainingFileName.Of(blob.Sha256, input.RunId);
        return await once.RunAsync(
            RunPaths.Upload(input.RunId, input.Provider, blob.Sha256),
            SpendGrace.OfFile(provider.Facts),
            async stop => await Find(provider, name, blob.Bytes, stop) is { } file
                ? new UploadedFile(input.RunId, input.Provider, file.Id)
                : await earlier.FileAsync(provider, input, stop),
            async stop =>
            {
                await using BlobRead content = await store.OpenExistingAsync(BlobPath.Parse(blob.Path), stop);
                ProviderFile file = await provider.UploadFileAsync(name, content.Content, content.Bytes, stop);
                return new UploadedFile(input.RunId, input.Provider, file.Id);
            },
            cancellation);
    }

    /// <summary>By name, which holds the content's hash, and by length: an upload that broke off may have left a short file.</summary>
    private static async Task<ProviderFile?> Find(IFineTuningProvider provider, string name, long bytes, CancellationToken cancellation)
    {
        await foreach (ProviderFile file in provider.ListFilesAsync(cancellation))
        {
            // Azure counts the byte order mark that it wants to be sent.
            bool whole = file.Bytes is null || file.Bytes == bytes || file.Bytes == bytes + 3;
            if (file.Name == name && whole && file.State is not ("error" or "deleted"))
            {
                return file;
            }
        }

        return null;
    }
}

/// <param name="RunId">The run.</param>
/// <param name="Provider">Where to.</param>
/// <param name="File">Train or validation in a training form, never the holdout.</param>
public sealed record UploadFileInput(string RunId, string Provider, DatasetFile File);

public sealed record UploadedFile(string RunId, string Provider, string FileId);
