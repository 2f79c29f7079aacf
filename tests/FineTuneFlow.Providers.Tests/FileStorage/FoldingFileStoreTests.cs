using FineTuneFlow.Core.Files;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Providers.Tests.Storage;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.FileStorage;

/// <summary>The store as it writes where the file system takes capitals and small letters for the same.</summary>
public sealed class FoldingFileStoreTests : BlobStoreContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-folding-");
    private readonly FileBlobStore _store;

    public FoldingFileStoreTests() => _store = new FileBlobStore(_folder.FullName, LocalDisk.Instance, foldsCase: true);

    protected override IBlobStore Store => _store;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }
}
