using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.FileStorage;

/// <summary>What an Azurite has written is taken over without it.</summary>
public sealed class AzuriteDataTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-taken-");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Every_blob_of_a_stopped_Azurite_is_copied_as_it_was()
    {
        var contents = new Dictionary<string, byte[]>
        {
            ["drops/reviews/June 1.csv"] = "text,label"u8.ToArray(),
            ["runs/a/run.json"] = "second"u8.ToArray(),
            ["runs/a/empty"] = [],
            ["models/p/large.bin"] = new byte[9_000_000],
        };
        new Random(1).NextBytes(contents["models/p/large.bin"]);
        var azurite = Azurite.In(_folder.CreateSubdirectory("azurite"));
        await azurite.InitializeAsync();
        var source = new AzureBlobStore(new StorageOptions { ConnectionString = azurite.ConnectionString });
        await source.WriteBytesAsync(BlobPath.Parse("runs/a/run.json"), "first"u8.ToArray(), cancellation: Cancelled);
        await source.WriteBytesAsync(BlobPath.Parse("runs/a/gone"), "gone"u8.ToArray(), cancellation: Cancelled);
        await source.DeleteAsync(BlobPath.Parse("runs/a/gone"), Cancelled);
        foreach ((string path, byte[] content) in contents)
        {
            await source.WriteBytesAsync(BlobPath.Parse(path), content, cancellation: Cancelled);
        }

        await azurite.StopAsync();
        using var target = new FileBlobStore(Path.Combine(_folder.FullName, "storage"));
        AzuriteData.IsIn(Path.Combine(_folder.FullName, "azurite")).ShouldBeTrue();

        int copied = await new AzuriteData(Path.Combine(_folder.FullName, "azurite")).CopyToAsync(target, Cancelled);

        copied.ShouldBe(contents.Count);
        foreach ((string path, byte[] content) in contents)
        {
            (await target.ReadBytesAsync(BlobPath.Parse(path), Cancelled)).AsSpan().SequenceEqual(content).ShouldBeTrue(path);
        }

        (await target.ListAsync("runs", "", Cancelled).CountAsync(Cancelled)).ShouldBe(2);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{ "collections": [] }""")]
    public async Task Data_that_cannot_be_read_are_refused_with_a_way_to_go_on(string tables)
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "__azurite_db_blob__.json"), tables, Cancelled);
        using var target = new FileBlobStore(Path.Combine(_folder.FullName, "storage"));

        FlowException refused = await Should.ThrowAsync<FlowException>(() => new AzuriteData(_folder.FullName).CopyToAsync(target, Cancelled));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.Remedy.ShouldNotBeNull().ShouldContain("--storage azurite");
    }
}
