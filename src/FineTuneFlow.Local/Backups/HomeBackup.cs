using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Engine.Storage;
using FineTuneFlow.Providers.FileStorage;

namespace FineTuneFlow.Local.Backups;

/// <summary>A state folder as one file, while the stack works on it or not. Database and storage are those of one moment, which is
/// what a kill at that moment would have left; the simulator, like any service, may be further, and what it has made is found again.</summary>
/// <param name="home">The state folder.</param>
/// <param name="store">Its storage, which this process has the right to write to.</param>
/// <param name="clock">For the moment.</param>
public sealed class HomeBackup(string home, FileBlobStore store, TimeProvider clock) : IDisposable
{
    /// <summary>The simulator's folders in this order: what a document names was there before it, so it is copied after it.</summary>
    private static readonly string[] Simulator = ["jobs", "batches", "deployments", "events", "models", "uploads", "files"];

    /// <summary>Folders beside database and storage that a run goes on from, and files.</summary>
    private static readonly string[] Folders = [HomeFolders.Simulator, HomeFolders.Baselines];
    private static readonly string[] Files = [HomeFolders.Drops, HomeFolders.Night];

    /// <summary>A folder that may not be read fails the backup: it would be whole only to the eye.</summary>
    private static readonly EnumerationOptions Here = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
    private static readonly EnumerationOptions Below = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false, RecurseSubdirectories = true };

    private readonly SemaphoreSlim _one = new(1, 1);

    /// <summary>Writes the archive: a tar, compressed by gzip. One at a time.</summary>
    /// <exception cref="FlowException">The disk failed, or is full.</exception>
    public async Task WriteAsync(Stream target, CancellationToken cancellation)
    {
        await _one.WaitAsync(cancellation);
        try
        {
            foreach (string left in Directory.GetDirectories(home, $"{HomeFolders.BackupPrefix}*"))
            {
                Directory.Delete(left, recursive: true);
            }

            await WriteOneAsync(target, cancellation);
        }
        finally
        {
            _one.Release();
        }
    }

    private async Task WriteOneAsync(Stream target, CancellationToken cancellation)
    {
        string copy = Path.Combine(home, $"{HomeFolders.BackupPrefix}{Guid.NewGuid():N}");
        try
        {
            DateTimeOffset at = Copy(copy, cancellation);
            await ArchiveAsync(copy, at, target, cancellation);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, "the backup", home);
        }
        finally
        {
            if (Directory.Exists(copy))
            {
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    public void Dispose() => _one.Dispose();

    private DateTimeOffset Copy(string copy, CancellationToken cancellation)
    {
        LocalDisk.Instance.MakeFolder(copy);
        string database = Path.Combine(home, HomeFolders.Database);
        DatabaseSnapshot? snapshot = null;
        try
        {
            DateTimeOffset at = default;
            store.Snapshot(Path.Combine(copy, HomeFolders.Storage), () =>
            {
                at = clock.GetUtcNow();
                snapshot = File.Exists(database) ? DatabaseSnapshot.Take(database) : null;
            });
            snapshot?.CopyTo(Path.Combine(copy, HomeFolders.Database));
            cancellation.ThrowIfCancellationRequested();
            foreach (string folder in Folders)
            {
                CopyFolder(Path.Combine(home, folder), Path.Combine(copy, folder), folder == HomeFolders.Simulator ? Simulator : []);
            }

            foreach (string file in Files)
            {
                CopyFile(Path.Combine(home, file), Path.Combine(copy, file));
            }

            return at;
        }
        finally
        {
            snapshot?.Dispose();
        }
    }

    /// <summary>Folders that are written to meanwhile: a file that goes between the look and the copy is one that is not needed.</summary>
    private static void CopyFolder(string folder, string to, string[] order)
    {
        if (!Directory.Exists(folder))
        {
            return;
        }

        LocalDisk.Instance.MakeFolder(to);
        IEnumerable<string> below = Directory.GetDirectories(folder, "*", Here).OrderBy(path => Array.IndexOf(order, Path.GetFileName(path)) is var place && place < 0 ? order.Length : place);
        foreach (string inner in below)
        {
            CopyFolder(inner, Path.Combine(to, Path.GetFileName(inner)), []);
        }

        foreach (string file in Directory.GetFiles(folder, "*", Here).Where(file => Path.GetExtension(file) is not (".tmp" or ".lock")))
        {
            CopyFile(file, Path.Combine(to, Path.GetFileName(file)));
        }
    }

    /// <summary>As it stands: what is being added to it may be missing at its end.</summary>
    private static void CopyFile(string file, string to)
    {
        try
        {
            using var from = new FileStream(file, new FileStreamOptions { Share = FileShare.ReadWrite | FileShare.Delete, Access = FileAccess.Read });
            using (FileStream target = File.Create(to))
            {
                from.CopyTo(target);
            }

            File.SetLastWriteTimeUtc(to, File.GetLastWriteTimeUtc(file));
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            // As above.
        }
    }

    private static async Task ArchiveAsync(string copy, DateTimeOffset at, Stream target, CancellationToken cancellation)
    {
        await using var compressed = new GZipStream(target, CompressionLevel.Fastest, leaveOpen: true);
        await using var archive = new TarWriter(compressed, TarEntryFormat.Pax, leaveOpen: true);
        int files = 0;
        long bytes = 0;
        foreach (string file in Directory.EnumerateFiles(copy, "*", Below))
        {
            await using FileStream content = File.OpenRead(file);
            await archive.WriteEntryAsync(
                new PaxTarEntry(TarEntryType.RegularFile, Path.GetRelativePath(copy, file).Replace('\\', '/'))
                {
                    DataStream = content, ModificationTime = File.GetLastWriteTimeUtc(content.SafeFileHandle), Mode = LocalDisk.OwnersFile,
                },
                cancellation);
            files++;
            bytes += content.Length;
        }

        var end = new BackupEnd(BackupEnd.CurrentFormat, DashboardFiles.Version, at, files, bytes);
        using var last = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(end, FlowJson.Indented));
        await archive.WriteEntryAsync(
            new PaxTarEntry(TarEntryType.RegularFile, BackupEnd.Entry) { DataStream = last, ModificationTime = at, Mode = LocalDisk.OwnersFile }, cancellation);
    }
}
