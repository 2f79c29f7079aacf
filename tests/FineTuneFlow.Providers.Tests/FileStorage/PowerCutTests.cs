using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.FileStorage;

/// <summary>The power goes at any moment, and what was not flushed is there or not: everything acknowledged is.</summary>
public class PowerCutTests(ITestOutputHelper output)
{
    private const int Cuts = 40;
    private const int Writers = 4;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whenever_the_power_goes_every_acknowledged_write_is_there_whole_and_every_acknowledged_deletion_holds()
    {
        int seed = Random.Shared.Next(1_000_000);
        output.WriteLine($"seed {seed}");
        for (int cut = 0; cut < Cuts; cut++)
        {
            await CutAsync(new Random(seed + cut), $"seed {seed}, cut {cut}");
        }
    }

    private static async Task CutAsync(Random random, string which)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-power-");
        try
        {
            string live = folder.CreateSubdirectory("live").FullName;
            string after = folder.CreateSubdirectory("after").FullName;
            var disk = new ForgetfulDisk(live, new Random(random.Next()));
            using var store = new FileBlobStore(Path.Combine(live, "storage"), disk, foldsCase: false);
            // What each blob was last acknowledged as (null: deleted), and what has been begun on it since.
            var acknowledged = new ConcurrentDictionary<string, string?>();
            var begun = new ConcurrentDictionary<string, string?>();
            int limit = random.Next(5, 40);
            int done = 0;
            int[] seeds = [.. Enumerable.Range(0, Writers).Select(_ => random.Next())];
            using var power = new CancellationTokenSource();
            Task[] writers = [.. Enumerable.Range(0, Writers).Select(writer => Task.Run(
                async () =>
                {
                    var own = new Random(seeds[writer]);
                    while (!power.IsCancellationRequested)
                    {
                        // Folders are shared and nested, and come and go; each blob has one writer.
                        string name = $"run{own.Next(2)}/{string.Concat(Enumerable.Repeat("d/", own.Next(3)))}w{writer}-{own.Next(2)}";
                        BlobPath path = BlobPath.Of("runs", name);
                        string? content = own.Next(4) == 0 ? null : string.Create(CultureInfo.InvariantCulture, $"{own.NextDouble()}{new string('x', own.Next(2000))}");
                        begun[name] = content;
                        if (content is null)
                        {
                            await store.DeleteAsync(path, Cancelled);
                        }
                        else
                        {
                            await store.WriteBytesAsync(path, Encoding.UTF8.GetBytes(content), cancellation: Cancelled);
                        }

                        lock (power)
                        {
                            if (power.IsCancellationRequested)
                            {
                                return;
                            }

                            acknowledged[name] = content;
                            begun.TryRemove(name, out _);
                            if (++done >= limit)
                            {
                                disk.CutPower(after);
                                power.Cancel();
                            }
                        }
                    }
                },
                Cancelled))];
            await Task.WhenAll(writers);
            await CheckAsync(after, acknowledged, begun, which);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static async Task CheckAsync(
        string after, ConcurrentDictionary<string, string?> acknowledged, ConcurrentDictionary<string, string?> begun, string which)
    {
        using var reopened = new FileBlobStore(Path.Combine(after, "storage"), LocalDisk.Instance, foldsCase: false);
        foreach ((string name, string? content) in acknowledged)
        {
            await using BlobRead? read = await reopened.OpenAsync(BlobPath.Of("runs", name), Cancelled);
            string? found = null;
            if (read is not null)
            {
                using var reader = new StreamReader(read.Content);
                found = await reader.ReadToEndAsync(Cancelled);
            }

            bool later = begun.TryGetValue(name, out string? next) && found == next;
            (later || found == content).ShouldBeTrue($"{which}: {name} was acknowledged as {content ?? "deleted"} and is {found ?? "gone"}");
        }

        // What was never acknowledged is whole where it is there.
        await foreach (BlobEntry entry in reopened.ListAsync("runs", "", Cancelled))
        {
            string text = Encoding.UTF8.GetString(await reopened.ReadBytesAsync(entry.Path, Cancelled));
            string?[] possible = [acknowledged.GetValueOrDefault(entry.Path.Name), begun.GetValueOrDefault(entry.Path.Name)];
            possible.ShouldContain(text, $"{which}: {entry.Path}");
        }
    }

    [Fact]
    public void A_write_that_the_disk_could_not_flush_is_not_acknowledged_and_leaves_nothing()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("ftf-broken-");
        try
        {
            string file = Path.Combine(folder.FullName, "state.json");
            WholeFile.Write(file, "old"u8);
            Should.Throw<IOException>(() => WholeFile.Write(file, "new"u8, new BrokenDisk()));
            File.ReadAllText(file).ShouldBe("old");
            folder.EnumerateFiles().ShouldHaveSingleItem();

            using var store = new FileBlobStore(Path.Combine(folder.FullName, "storage"), new BrokenDisk(), foldsCase: false);
            FlowException refused = Should.Throw<FlowException>(() => store.WriteBytesAsync(BlobPath.Parse("runs/a"), [1], cancellation: Cancelled).GetAwaiter().GetResult());
            refused.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private sealed class BrokenDisk : IDisk
    {
        public Stream Create(string file) => LocalDisk.Instance.Create(file);

        public void Flush(Stream file) => throw new IOException("Input/output error", 5);

        public void Move(string file, string to) => LocalDisk.Instance.Move(file, to);

        public void Delete(string file) => LocalDisk.Instance.Delete(file);

        public void MakeFolder(string folder) => LocalDisk.Instance.MakeFolder(folder);

        public bool RemoveFolder(string folder) => LocalDisk.Instance.RemoveFolder(folder);

        public void FlushFolder(string folder) => LocalDisk.Instance.FlushFolder(folder);
    }
}
