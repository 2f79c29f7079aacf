using FineTuneFlow.Core.Files;
using FineTuneFlow.Providers.FileStorage;

namespace FineTuneFlow.Cli.Stack;

/// <summary>The two folders of the home that hold blobs: plain files, and Azurite's own form.</summary>
internal sealed class StorageFolders(string home)
{
    public string Files { get; } = Path.Combine(home, "storage");

    public string Azurite { get; } = Path.Combine(home, "azurite");

    /// <summary>Takes over what an earlier version or an Azurite has left, where there are no plain files yet. It is copied beside
    /// and moved into place whole, so that a copy that breaks off is begun again.</summary>
    /// <returns>How many blobs were taken over; null: there was nothing to take over.</returns>
    public async Task<int?> TakeOverAsync(CancellationToken cancellation)
    {
        MoveOldAzurite();
        if (Directory.Exists(Files) || !AzuriteData.IsIn(Azurite))
        {
            return null;
        }

        string copy = Files + ".copy";
        if (Directory.Exists(copy))
        {
            Directory.Delete(copy, recursive: true);
        }

        int blobs;
        using (var store = new FileBlobStore(copy))
        {
            blobs = await new AzuriteData(Azurite).CopyToAsync(store, cancellation);
        }

        Directory.Move(copy, Files);
        LocalDisk.Instance.FlushFolder(home);
        return blobs;
    }

    /// <summary>Earlier versions kept Azurite's data where the plain files are now.</summary>
    public void MoveOldAzurite()
    {
        if (AzuriteData.IsIn(Files) && !Directory.Exists(Azurite))
        {
            Directory.Move(Files, Azurite);
        }
    }
}
