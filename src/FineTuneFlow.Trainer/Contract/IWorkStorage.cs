namespace FineTuneFlow.Trainer.Contract;

/// <summary>Where inputs come from and outputs go to: folders of this machine, or blobs.</summary>
internal interface IWorkStorage : IAsyncDisposable
{
    /// <summary>Where outputs are made on this machine; each is moved into place whole.</summary>
    string Folder { get; }

    /// <summary>Takes the output for this process alone.</summary>
    /// <returns>False: another execution has it.</returns>
    Task<bool> TakeAsync(CancellationToken cancellation);

    /// <summary>An input as a file of this machine.</summary>
    Task<string> InputAsync(string address, CancellationToken cancellation);

    /// <summary>All files of an input folder, one level deep, as a folder of this machine.</summary>
    Task<string> InputFolderAsync(string address, CancellationToken cancellation);

    /// <summary>Gives a file below <see cref="Folder"/> to whoever reads the output.</summary>
    Task PublishAsync(string file, CancellationToken cancellation);

    /// <summary>Brings a file that an earlier execution has published.</summary>
    /// <returns>False: there is none.</returns>
    Task<bool> FetchAsync(string file, CancellationToken cancellation);

    Task RemoveAsync(string file, CancellationToken cancellation);
}
