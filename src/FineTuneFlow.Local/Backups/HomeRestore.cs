using System.Formats.Tar;
using System.IO.Compression;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Local.Backups;

/// <summary>Makes a state folder of a backup: whole, or nothing of it.</summary>
public static class HomeRestore
{
    /// <param name="home">Must not have state of its own.</param>
    /// <param name="archive">As <see cref="HomeBackup"/> writes it.</param>
    /// <param name="name">Of the archive, for messages.</param>
    /// <param name="cancellation">Gives up, and takes away what was unpacked.</param>
    /// <exception cref="FlowException">Conflict: there is state already; InvalidInput: the archive is not one, or not whole.</exception>
    public static async Task<BackupEnd> RunAsync(string home, Stream archive, string name, CancellationToken cancellation)
    {
        Finish(home);
        if (HomeFolders.Kept.FirstOrDefault(part => Path.Exists(Path.Combine(home, part))) is { } there)
        {
            throw new FlowException(
                FailureKind.Conflict, $"{home} has state already ({there})", "Restore into a folder without any: FTF_HOME=FOLDER ftf restore FILE, or move this one away first");
        }

        string copy = Path.Combine(home, $"{HomeFolders.RestorePrefix}{Guid.NewGuid():N}");
        try
        {
            LocalDisk.Instance.MakeFolder(home);
            LocalDisk.Instance.MakeFolder(copy);
            BackupEnd end = await UnpackAsync(archive, copy, name, cancellation);
            // From this one step on it is restored: what a kill leaves unmoved is moved at the next start.
            Directory.Move(copy, Path.Combine(home, HomeFolders.Restored));
            LocalDisk.Instance.FlushFolder(home);
            Finish(home);
            return end;
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or JsonException or FormatException or ArgumentException)
        {
            throw NotWhole(name, fault.Message, fault);
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, "the restored state", home);
        }
        finally
        {
            if (Directory.Exists(copy))
            {
                Directory.Delete(copy, recursive: true);
            }
        }
    }

    /// <summary>Ends what a restore that was killed has left: parts that were unpacked whole are moved to their places, others removed.
    /// Nothing where there is nothing of the kind.</summary>
    /// <exception cref="FlowException">The disk failed.</exception>
    public static void Finish(string home)
    {
        if (!Directory.Exists(home))
        {
            return;
        }

        try
        {
            foreach (string left in Directory.GetDirectories(home, $"{HomeFolders.RestorePrefix}*"))
            {
                Directory.Delete(left, recursive: true);
            }

            string restored = Path.Combine(home, HomeFolders.Restored);
            if (Directory.Exists(restored))
            {
                foreach (string part in Directory.GetFileSystemEntries(restored))
                {
                    Directory.Move(part, Path.Combine(home, Path.GetFileName(part)));
                }

                LocalDisk.Instance.FlushFolder(home);
                Directory.Delete(restored);
            }
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, "the restored state", home);
        }
    }

    /// <summary>Reads a backup from the first to the last byte.</summary>
    /// <exception cref="FlowException">InvalidInput: it is not one, or not whole.</exception>
    public static async Task<BackupEnd> CheckAsync(Stream archive, string name, CancellationToken cancellation)
    {
        try
        {
            return await ReadAsync(archive, name, (_, _) => Task.CompletedTask, cancellation);
        }
        catch (Exception fault) when (fault is InvalidDataException or EndOfStreamException or JsonException or FormatException or ArgumentException)
        {
            throw NotWhole(name, fault.Message, fault);
        }
    }

    private static Task<BackupEnd> UnpackAsync(Stream archive, string copy, string name, CancellationToken cancellation) => ReadAsync(
        archive,
        name,
        async (entry, stop) =>
        {
            string place = Path.GetFullPath(Path.Combine(copy, entry.Name));
            if (!place.StartsWith(copy + Path.DirectorySeparatorChar, StringComparison.Ordinal))
            {
                throw NotWhole(name, $"the entry \"{entry.Name}\" leads out of the folder");
            }

            LocalDisk.Instance.MakeFolder(Path.GetDirectoryName(place)!);
            await using (var file = (FileStream)LocalDisk.Instance.Create(place))
            {
                if (entry.DataStream is { } content)
                {
                    await content.CopyToAsync(file, stop);
                }

                LocalDisk.Instance.Flush(file);
            }

            // A file's version is the time of its last write.
            File.SetLastWriteTimeUtc(place, entry.ModificationTime.UtcDateTime);
        },
        cancellation);

    private static async Task<BackupEnd> ReadAsync(Stream archive, string name, Func<TarEntry, CancellationToken, Task> take, CancellationToken cancellation)
    {
        await using var plain = new GZipStream(archive, CompressionMode.Decompress, leaveOpen: true);
        await using var entries = new TarReader(plain, leaveOpen: true);
        int files = 0;
        long bytes = 0;
        while (await entries.GetNextEntryAsync(cancellationToken: cancellation) is { } entry)
        {
            if (entry.EntryType != TarEntryType.RegularFile)
            {
                throw NotWhole(name, $"the entry \"{entry.Name}\" is not a file");
            }

            if (entry.Name == BackupEnd.Entry)
            {
                BackupEnd end = (await JsonSerializer.DeserializeAsync<BackupEnd>(entry.DataStream ?? Stream.Null, FlowJson.Compact, cancellation))!;
                return end.Format > BackupEnd.CurrentFormat
                    ? throw new FlowException(FailureKind.Conflict, $"{name} was written by a newer version ({end.Version})", "Restore it with that version")
                    : end.Files == files && end.Bytes == bytes ? end : throw NotWhole(name, $"{files:N0} of {end.Files:N0} files are there");
            }

            await take(entry, cancellation);
            files++;
            bytes += entry.Length;
        }

        throw NotWhole(name, "its end is missing");
    }

    private static FlowException NotWhole(string name, string why, Exception? fault = null) => new(
        FailureKind.InvalidInput, $"{name} is not a whole backup: {why}", "Use another one, written by ftf backup; nothing was restored", fault);
}
