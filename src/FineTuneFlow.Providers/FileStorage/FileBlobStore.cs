using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Workflow.Ports;
using Microsoft.Win32.SafeHandles;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>Plain files below one folder: <c>drops/reviews/june.csv</c> is that file. A write is flushed, moved into place and
/// its name flushed before it counts, so what was acknowledged outlives any process, a full disk and the power. One process at a
/// time writes; files that a person copies into it are blobs like others.</summary>
public sealed partial class FileBlobStore : IBlobStore, IDisposable
{
    private const int CopyBytes = 128 * 1024;
    private readonly string _root;
    private readonly string _parts;
    private readonly IDisk _disk;
    private readonly FileTree _tree;
    private readonly FolderChanges _folders;
    /// <summary>Null: it only reads.</summary>
    private readonly StorageLock? _writer;
    private readonly Lock _commit = new();
    private long _lastStamp;

    /// <param name="folder">Made where it is not there.</param>
    /// <exception cref="FlowException">Conflict: another process writes there; Forbidden: not ours to write.</exception>
    public FileBlobStore(string folder)
        : this(folder, LocalDisk.Instance, foldsCase: null)
    {
    }

    /// <param name="folder">Made where it is not there.</param>
    /// <param name="disk">How it is written.</param>
    /// <param name="foldsCase">Whether the file system does; null: it is tried.</param>
    internal FileBlobStore(string folder, IDisk disk, bool? foldsCase)
        : this(folder, disk)
    {
        try
        {
            LocalDisk.Instance.MakeFolder(Path.GetDirectoryName(_root)!);
            _folders.Make(_root);
            _folders.Make(_parts);
            _writer = StorageLock.Take(_root);
            foreach (string left in Directory.EnumerateFiles(_parts))
            {
                File.Delete(left);
            }
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, "the storage", _root);
        }

        // Now that there is a folder to be tried.
        _tree = new FileTree(_root, new BlobFileNames(foldsCase ?? FoldsCase));
    }

    /// <summary>One that only reads.</summary>
    private FileBlobStore(string folder, IDisk disk)
    {
        _root = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder));
        _parts = Path.Combine(_root, ".parts");
        _disk = disk;
        _folders = new FolderChanges(_root, disk);
        _tree = new FileTree(_root, new BlobFileNames(FoldsCase));
    }

    /// <summary>Reads beside the process that writes there, if there is one: makes nothing, and keeps nobody from it.</summary>
    /// <param name="folder">A storage folder.</param>
    public static FileBlobStore ForReading(string folder) => new(folder, LocalDisk.Instance);

    /// <summary>Where it stores, as a whole path.</summary>
    public string Folder => _root;

    private bool FoldsCase => Directory.Exists(Path.Combine(_root, ".PARTS"));

    public Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        // Between the look and the opening the file may be moved, to stand beside a folder: then it is looked for once more.
        return Task.FromResult(Open(path) ?? Open(path));
    }

    public async Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        AssertWrites();
        string part = Path.Combine(_parts, Guid.NewGuid().ToString("N"));
        try
        {
            (string sha256, FileVersion version) = await WritePartAsync(part, content, cancellation);
            string changed;
            lock (_commit)
            {
                changed = Place(path, part, condition);
            }

            _folders.Flush(changed);
            return new BlobWritten(new BlobRef(path.ToString(), sha256, version.Bytes), version.ETag);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, path.ToString(), _root);
        }
        finally
        {
            _disk.Delete(part);
        }
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        foreach ((string name, FoundFile file) in _tree.List(container, prefix))
        {
            cancellation.ThrowIfCancellationRequested();
            if (Named(container, name) is { } path)
            {
                yield return new BlobEntry(path, file.Version.ETag, file.Version.Bytes, file.Version.ModifiedAt);
            }
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(string container, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await Task.CompletedTask;
        foreach (string folder in _tree.Folders(container))
        {
            cancellation.ThrowIfCancellationRequested();
            yield return folder;
        }
    }

    public Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default)
    {
        cancellation.ThrowIfCancellationRequested();
        try
        {
            return Task.FromResult(_tree.Find(path) is not null);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, path.ToString(), _root);
        }
    }

    public Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default)
    {
        AssertWrites();
        cancellation.ThrowIfCancellationRequested();
        try
        {
            string changed;
            lock (_commit)
            {
                if (_tree.Find(path) is not { } file)
                {
                    return Task.FromResult(false);
                }

                _disk.Delete(file);
                changed = _folders.RemoveEmpty(Path.GetDirectoryName(file)!, Path.Combine(_root, path.Container));
            }

            _folders.Flush(changed);
            return Task.FromResult(true);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, path.ToString(), _root);
        }
    }

    public void Dispose() => _writer?.Dispose();

    private void AssertWrites()
    {
        if (_writer is null)
        {
            throw new InvalidOperationException($"The storage in {_root} was opened for reading.");
        }
    }

    private BlobRead? Open(BlobPath path)
    {
        if (_tree.Find(path) is not { } file)
        {
            return null;
        }

        try
        {
            SafeFileHandle handle = File.OpenHandle(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            var stream = new PinnedFileStream(handle, file, path);
            return new BlobRead(stream, stream.Version.ETag, stream.Version.Bytes);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, path.ToString(), _root);
        }
    }

    /// <summary>The content beside the storage's own files, on the disk when this returns.</summary>
    private async Task<(string Sha256, FileVersion Version)> WritePartAsync(string part, Stream content, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = System.Buffers.ArrayPool<byte>.Shared.Rent(CopyBytes);
        try
        {
            await using Stream file = _disk.Create(part);
            long bytes = 0;
            int read;
            while ((read = await content.ReadAsync(buffer, cancellation)) > 0)
            {
                hash.AppendData(buffer, 0, read);
                await file.WriteAsync(buffer.AsMemory(0, read), cancellation);
                bytes += read;
            }

            var version = new FileVersion(NextStamp(), bytes);
            File.SetLastWriteTimeUtc(part, new DateTime(version.Ticks, DateTimeKind.Utc));
            _disk.Flush(file);
            return (Convert.ToHexStringLower(hash.GetHashAndReset()), version);
        }
        finally
        {
            System.Buffers.ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Moves a finished part into its place, which nobody else changes meanwhile.</summary>
    /// <returns>The folder in which its name now stands.</returns>
    private string Place(BlobPath path, string part, WriteCondition condition)
    {
        string? there = _tree.Find(path);
        if (condition.OnlyIfAbsent ? there is not null : condition.IfMatch is { } tag && (there is null || FileVersion.Of(there).ETag != tag))
        {
            throw new FlowException(FailureKind.Conflict, $"{path}: it exists already or has changed");
        }

        string place = there ?? _tree.PlaceOf(path);
        if (there is null && Directory.Exists(place))
        {
            place = BlobFileNames.Beside(place);
        }

        string folder = Path.GetDirectoryName(place)!;
        foreach (string above in _folders.Missing(folder))
        {
            if (File.Exists(above))
            {
                // A blob with the name that now becomes a folder's.
                _disk.Move(above, BlobFileNames.Beside(above));
            }

            _folders.Make(above);
        }

        _disk.Move(part, place);
        return folder;
    }

    /// <summary>Later than any given before, so that no two versions are alike.</summary>
    private long NextStamp()
    {
        while (true)
        {
            long last = Interlocked.Read(ref _lastStamp);
            long next = Math.Max(DateTime.UtcNow.Ticks, last + 1);
            if (Interlocked.CompareExchange(ref _lastStamp, next, last) == last)
            {
                return next;
            }
        }
    }

    /// <summary>Null for names that are no path of ours.</summary>
    private static BlobPath? Named(string container, string name)
    {
        try
        {
            return BlobPath.Of(container, name);
        }
        catch (FlowException notOurs) when (notOurs.Failure.Kind == FailureKind.InvalidInput)
        {
            return null;
        }
    }
}
