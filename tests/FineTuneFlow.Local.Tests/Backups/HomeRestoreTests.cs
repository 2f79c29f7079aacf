using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Local.Backups;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Local.Tests.Backups;

/// <summary>A state folder that is made of a backup: whole or not at all, at whatever moment it is killed.</summary>
public sealed class HomeRestoreTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-restore-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_restored_is_for_its_owner_only_and_leaves_nothing_beside()
    {
        string home = Path.Combine(_folder.FullName, "new");

        await RestoreAsync(home);

        Entries(home).ShouldBe(Entries(Original));
        if (!OperatingSystem.IsWindows())
        {
            foreach (string folder in Directory.EnumerateDirectories(home, "*", SearchOption.AllDirectories).Append(home))
            {
                File.GetUnixFileMode(folder).ShouldBe(LocalDisk.OwnersFolder, folder);
            }

            foreach (string file in Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories))
            {
                File.GetUnixFileMode(file).ShouldBe(LocalDisk.OwnersFile, file);
            }
        }
    }

    [Fact]
    public async Task A_restore_that_is_killed_while_it_moves_is_ended_at_the_next_start_and_one_that_is_killed_before_leaves_nothing()
    {
        string whole = Path.Combine(_folder.FullName, "whole");
        await RestoreAsync(whole);
        string[] parts = [.. Directory.EnumerateFileSystemEntries(whole).Order(StringComparer.Ordinal)];
        parts.Length.ShouldBe(HomeFolders.Kept.Count - 1, "all but a database, which this home does not have");
        string[] entries = [.. Entries(whole)];

        for (int moved = parts.Length; moved >= 0; moved--)
        {
            // As a kill after so many of its moves leaves it.
            string restored = Directory.CreateDirectory(Path.Combine(whole, HomeFolders.Restored)).FullName;
            foreach (string part in parts[moved..])
            {
                Directory.Move(part, Path.Combine(restored, Path.GetFileName(part)));
            }

            Directory.CreateDirectory(Path.Combine(whole, HomeFolders.RestorePrefix + "unpacking", "storage"));
            HomeRestore.Finish(whole);
            Entries(whole).ShouldBe(entries, $"after {moved} moves");
        }
    }

    [Fact]
    public async Task Whatever_part_of_a_state_is_there_it_is_refused_and_nothing_is_unpacked()
    {
        foreach (string part in HomeFolders.Kept)
        {
            string home = Directory.CreateDirectory(Path.Combine(_folder.FullName, $"with-{part}")).FullName;
            await File.WriteAllTextAsync(Path.Combine(home, part), "mine", Cancellation);

            Failure refused = (await Should.ThrowAsync<FlowException>(() => RestoreAsync(home))).Failure;

            refused.Kind.ShouldBe(FailureKind.Conflict);
            refused.Message.ShouldContain(part);
            Directory.EnumerateFileSystemEntries(home).ShouldBe([Path.Combine(home, part)]);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Original => Path.Combine(_folder.FullName, "old");

    private async Task RestoreAsync(string home)
    {
        string file = Path.Combine(_folder.FullName, "backup.ftf");
        if (!File.Exists(file))
        {
            await BackUpAsync(file);
        }

        await using FileStream archive = File.OpenRead(file);
        await HomeRestore.RunAsync(home, archive, "backup.ftf", Cancellation);
    }

    private async Task BackUpAsync(string file)
    {
        using (var store = new FileBlobStore(Path.Combine(Original, HomeFolders.Storage)))
        {
            await store.WriteBytesAsync(BlobPath.Of("drops", "reviews/june.csv"), "text,label"u8.ToArray());
            foreach (string folder in new[] { "simulator/files", "simulator/jobs", "baselines/reviews-1/tiny/out" })
            {
                LocalDisk.Instance.MakeFolder(Path.Combine(Original, folder));
                await File.WriteAllTextAsync(Path.Combine(Original, folder, "one.json"), "{}", Cancellation);
            }

            await File.WriteAllTextAsync(Path.Combine(Original, HomeFolders.Drops), "{}", Cancellation);
            await File.WriteAllTextAsync(Path.Combine(Original, HomeFolders.Night), "2026-11-29", Cancellation);
            using var backup = new HomeBackup(Original, store, TimeProvider.System);
            await using FileStream target = File.Create(file);
            await backup.WriteAsync(target, Cancellation);
        }
    }

    /// <summary>The files of a home by name, but for the storage's own.</summary>
    private static IEnumerable<string> Entries(string home) => Directory.EnumerateFiles(home, "*", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(home, file)).Where(file => !file.StartsWith("storage/.", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
}
