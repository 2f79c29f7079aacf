using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>Files of this machine; a lock file, which the system gives back when the process dies, keeps others out.</summary>
internal sealed class FolderStorage(string folder) : IWorkStorage
{
    private FileStream? _taken;

    public string Folder { get; } = folder;

    public Task<bool> TakeAsync(CancellationToken cancellation)
    {
        Directory.CreateDirectory(Folder);
        try
        {
            _taken = new FileStream(Path.Combine(Folder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            return Task.FromResult(true);
        }
        catch (IOException taken) when (!DiskFaults.IsFull(taken))
        {
            return Task.FromResult(false);
        }
    }

    public Task<string> InputAsync(string address, CancellationToken cancellation) => File.Exists(address)
        ? Task.FromResult(address)
        : throw new FlowException(FailureKind.InvalidInput, $"The input {Path.GetFileName(address)} is not there", "Look at the paths that the execution was given");

    public Task<string> InputFolderAsync(string address, CancellationToken cancellation) => Directory.Exists(address)
        ? Task.FromResult(address)
        : throw new FlowException(FailureKind.InvalidInput, "The encoder to continue from is not there", "Continue from a version whose files are kept");

    public Task PublishAsync(string file, CancellationToken cancellation) => Task.CompletedTask;

    public Task<bool> FetchAsync(string file, CancellationToken cancellation) => Task.FromResult(File.Exists(Path.Combine(Folder, file)));

    public Task RemoveAsync(string file, CancellationToken cancellation)
    {
        string path = Path.Combine(Folder, file);
        if (File.Exists(path))
        {
            File.Delete(path);
        }

        return Task.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        if (_taken is not null)
        {
            await _taken.DisposeAsync();
        }
    }
}
