using System.Diagnostics;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Providers.Tests.Storage;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.FileStorage;

public class FileBlobStoreTests : BlobStoreContract, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-files-");
    private readonly FileBlobStore _store;

    public FileBlobStoreTests() => _store = Open();

    protected override IBlobStore Store => _store;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task A_blob_is_the_file_of_its_name_for_its_owner_only()
    {
        await WriteAsync("drops/reviews/june.csv", "text,label");

        string file = Path.Combine(_folder.FullName, "drops", "reviews", "june.csv");
        (await File.ReadAllTextAsync(file, Cancelled)).ShouldBe("text,label");
        if (!OperatingSystem.IsWindows())
        {
            File.GetUnixFileMode(file).ShouldBe(LocalDisk.OwnersFile);
            File.GetUnixFileMode(Path.GetDirectoryName(file)!).ShouldBe(LocalDisk.OwnersFolder);
        }

        Directory.EnumerateFileSystemEntries(Path.Combine(_folder.FullName, ".parts")).ShouldBeEmpty();
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public async Task A_folder_that_may_not_be_read_is_told_and_not_taken_for_an_empty_one()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows() || !OrdinaryRights.CanBeHad, "Windows has no such rights, and root may read everything but on Linux.");
        await WriteAsync("drops/reviews/june.csv", "text,label");
        string folder = Path.Combine(_folder.FullName, "drops", "reviews");
        File.SetUnixFileMode(folder, UnixFileMode.None);
        try
        {
            Should.Throw<FlowException>(() => OrdinaryRights.Act(() => Store.ListAsync("drops", "", Cancelled).ToListAsync(Cancelled).AsTask().GetAwaiter().GetResult()))
                .Failure.Message.ShouldContain(folder);
            Should.Throw<FlowException>(() => OrdinaryRights.Act(() => _store.Snapshot(Path.Combine(_folder.FullName, ".copy"), () => { })))
                .Failure.Kind.ShouldBe(FailureKind.Forbidden);
        }
        finally
        {
            File.SetUnixFileMode(folder, LocalDisk.OwnersFolder);
        }
    }

    [Theory]
    [InlineData("june.csv", "june.csv")]
    [InlineData("June 2026.CSV", "June 2026.CSV")]
    [InlineData("cafe\u0301.csv", "caf\u00E9.csv")]
    [InlineData("100%.csv", "100%.csv")]
    [InlineData("50%4.csv", "50%4.csv")]
    public async Task A_file_that_a_person_copies_there_is_a_blob(string file, string name)
    {
        foreach (bool foldsCase in new[] { false, true })
        {
            DirectoryInfo place = Directory.CreateDirectory(Path.Combine(_folder.FullName, $"own-{foldsCase}"));
            using var own = new FileBlobStore(place.FullName, LocalDisk.Instance, foldsCase);
            string drops = place.CreateSubdirectory("drops/reviews").FullName;
            await File.WriteAllTextAsync(Path.Combine(drops, file), "copied", Cancelled);

            BlobEntry entry = await own.ListAsync("drops", "", Cancelled).SingleAsync(Cancelled);

            entry.Path.Name.ShouldBe($"reviews/{name}");
            (await own.ReadBytesAsync(entry.Path, Cancelled)).ShouldBe("copied"u8.ToArray());
            BlobWritten replaced = await own.WriteBytesAsync(entry.Path, "mine"u8.ToArray(), WriteCondition.Matches(entry.ETag), Cancelled);
            (await own.ListAsync("drops", "reviews/", Cancelled).SingleAsync(Cancelled)).ETag.ShouldBe(replaced.ETag);
            (await own.DeleteAsync(entry.Path, Cancelled)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task What_tools_leave_behind_and_links_are_no_blobs()
    {
        string drops = _folder.CreateSubdirectory("drops/reviews").FullName;
        await File.WriteAllTextAsync(Path.Combine(drops, ".DS_Store"), "x", Cancelled);
        await File.WriteAllTextAsync(Path.Combine(drops, ".june.csv.swp"), "x", Cancelled);
        File.CreateSymbolicLink(Path.Combine(drops, "link.csv"), "/etc/hostname");
        Directory.CreateSymbolicLink(Path.Combine(drops, "loop"), drops);

        (await _store.ListAsync("drops", "", Cancelled).ToListAsync(Cancelled)).ShouldBeEmpty();
        (await _store.OpenAsync(BlobPath.Parse("drops/reviews/link.csv"), Cancelled)).ShouldBeNull();
    }

    [Fact]
    public async Task A_copy_over_a_file_while_it_is_read_fails_the_read()
    {
        await WriteAsync("drops/reviews/june.csv", new string('a', 200_000));
        await using BlobRead read = (await _store.OpenAsync(BlobPath.Parse("drops/reviews/june.csv"), Cancelled)).ShouldNotBeNull();
        await read.Content.ReadExactlyAsync(new byte[10], Cancelled);

        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "drops/reviews/june.csv"), new string('b', 200_000), Cancelled);

        FlowException changed = await Should.ThrowAsync<FlowException>(() => read.Content.CopyToAsync(Stream.Null, Cancelled));
        changed.Failure.Kind.ShouldBe(FailureKind.DropChanged);
    }

    [Fact]
    public async Task A_small_file_that_the_store_replaces_is_read_to_its_end()
    {
        await WriteAsync("runs/a/run.json", new string('a', 100_000));
        await using BlobRead read = (await _store.OpenAsync(BlobPath.Parse("runs/a/run.json"), Cancelled)).ShouldNotBeNull();
        await read.Content.ReadExactlyAsync(new byte[10], Cancelled);
        await WriteAsync("runs/a/run.json", "b");

        using var reader = new StreamReader(read.Content);
        (await reader.ReadToEndAsync(Cancelled)).ShouldBe(new string('a', 99_990));
    }

    [Fact]
    public void A_second_writer_is_refused_by_name_until_the_first_ends()
    {
        FlowException refused = Should.Throw<FlowException>(Open);
        refused.Failure.Kind.ShouldBe(FailureKind.Conflict);
        refused.Message.ShouldContain($"process {Environment.ProcessId}");
        _store.Dispose();
        Open().Dispose();
    }

    [Fact]
    public async Task Folders_that_have_become_empty_go_and_come_again()
    {
        await WriteAsync("runs/a/answers/one/0.jsonl", "x");
        (await _store.DeleteAsync(BlobPath.Parse("runs/a/answers/one/0.jsonl"), Cancelled)).ShouldBeTrue();
        Directory.Exists(Path.Combine(_folder.FullName, "runs", "a")).ShouldBeFalse();

        await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            for (int i = 0; i < 10; i++)
            {
                await WriteAsync($"runs/a/{writer}/x", "x");
                (await _store.DeleteAsync(BlobPath.Parse($"runs/a/{writer}/x"), Cancelled)).ShouldBeTrue();
            }
        }));
    }

    [Fact]
    public async Task Whoever_only_reads_needs_no_right_to_write_and_keeps_nobody_from_it()
    {
        await WriteAsync("runs/a/run.json", "first");
        using (FileBlobStore reading = FileBlobStore.ForReading(_folder.FullName))
        {
            (await reading.ReadBytesAsync(BlobPath.Parse("runs/a/run.json"), Cancelled)).ShouldBe("first"u8.ToArray());
            await WriteAsync("runs/a/run.json", "second");
            (await reading.ReadBytesAsync(BlobPath.Parse("runs/a/run.json"), Cancelled)).ShouldBe("second"u8.ToArray());
            await Should.ThrowAsync<InvalidOperationException>(() => reading.WriteBytesAsync(BlobPath.Parse("runs/a/run.json"), "third"u8.ToArray(), cancellation: Cancelled));
            await Should.ThrowAsync<InvalidOperationException>(() => reading.DeleteAsync(BlobPath.Parse("runs/a/run.json"), Cancelled));
        }

        DirectoryInfo other = _folder.CreateSubdirectory("other");
        using FileBlobStore looks = FileBlobStore.ForReading(other.FullName);
        (await looks.ListAsync("runs", "", Cancelled).ToListAsync(Cancelled)).ShouldBeEmpty();
        other.EnumerateFileSystemInfos().ShouldBeEmpty();
        using var writes = new FileBlobStore(other.FullName);
    }

    [Fact]
    public async Task A_full_disk_is_named_keeps_what_was_there_and_goes_on_with_room()
    {
        DirectoryInfo small = _folder.CreateSubdirectory("small");
        Assert.SkipUnless(Run("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", small.FullName) == 0, "mounting a small disk needs root");
        try
        {
            using var full = new FileBlobStore(Path.Combine(small.FullName, "storage"));
            BlobPath path = BlobPath.Parse("runs/a/run.json");
            await full.WriteBytesAsync(path, "kept"u8.ToArray(), cancellation: Cancelled);
            string filler = Path.Combine(small.FullName, "filler");
            await Should.ThrowAsync<IOException>(() => File.WriteAllBytesAsync(filler, new byte[600_000], Cancelled));

            FlowException refused = await Should.ThrowAsync<FlowException>(() => full.WriteBytesAsync(path, new byte[20_000], cancellation: Cancelled));

            refused.Failure.Kind.ShouldBe(FailureKind.Unavailable);
            refused.Failure.IsRetryable.ShouldBeTrue();
            refused.Message.ShouldContain($"the disk of {Path.Combine(small.FullName, "storage")} is full");
            (await full.ReadBytesAsync(path, Cancelled)).ShouldBe("kept"u8.ToArray());
            File.Delete(filler);
            await full.WriteBytesAsync(path, new byte[20_000], cancellation: Cancelled);
            (await full.ReadBytesAsync(path, Cancelled)).Length.ShouldBe(20_000);
        }
        finally
        {
            Run("umount", "-l", small.FullName);
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.WaitForExit();
        return process.ExitCode;
    }

    private FileBlobStore Open() => new(_folder.FullName);

    private Task<BlobWritten> WriteAsync(string path, string text) =>
        _store.WriteBytesAsync(BlobPath.Parse(path), Encoding.UTF8.GetBytes(text), cancellation: Cancelled);
}
