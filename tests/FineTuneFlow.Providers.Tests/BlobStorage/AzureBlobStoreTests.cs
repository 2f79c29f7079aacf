using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.BlobStorage;

public sealed class AzureBlobStoreTests(Azurite azurite)
{
    private readonly AzureBlobStore _store = new(new StorageOptions { ConnectionString = azurite.ConnectionString });
    private readonly string _container = Azurite.NewContainer();

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4 * 1024 * 1024 - 1)]
    [InlineData(4 * 1024 * 1024)]
    [InlineData(4 * 1024 * 1024 + 1)]
    [InlineData(20_000_003)]
    public async Task What_is_written_is_read_back_with_its_hash_and_length(int bytes)
    {
        byte[] content = new byte[bytes];
        new Random(bytes).NextBytes(content);
        BlobPath path = BlobPath.Of(_container, "runs/r1/dataset/train.jsonl");

        BlobWritten written = await _store.WriteAsync(path, new MemoryStream(content), cancellation: Cancelled);

        written.Ref.ShouldBe(new BlobRef(path.ToString(), Convert.ToHexStringLower(SHA256.HashData(content)), bytes));
        await using BlobRead read = (await _store.OpenAsync(path, Cancelled)).ShouldNotBeNull();
        read.Bytes.ShouldBe(bytes);
        read.ETag.ShouldBe(written.ETag);
        (await ReadAll(read.Content)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_blob_or_container_that_is_not_there_opens_as_null_lists_as_empty_and_deletes_as_false()
    {
        BlobPath path = BlobPath.Of(_container, "none");
        (await _store.OpenAsync(path, Cancelled)).ShouldBeNull();
        (await Names("")).ShouldBeEmpty();
        (await _store.DeleteAsync(path, Cancelled)).ShouldBeFalse();
        await Write("there", "x");
        (await _store.OpenAsync(path, Cancelled)).ShouldBeNull();
        (await _store.DeleteAsync(path, Cancelled)).ShouldBeFalse();
    }

    [Fact]
    public async Task Deleting_removes_the_blob_once()
    {
        await Write("a", "x");
        (await _store.DeleteAsync(BlobPath.Of(_container, "a"), Cancelled)).ShouldBeTrue();
        (await _store.DeleteAsync(BlobPath.Of(_container, "a"), Cancelled)).ShouldBeFalse();
    }

    [Fact]
    public async Task Listing_is_by_prefix_in_ordinal_order()
    {
        string[] names = ["p/b.csv", "p/B.csv", "p/a/1.csv", "p/a.csv", "p/é.csv", "q/a.csv", "p/10.csv", "p/9.csv"];
        foreach (string name in names)
        {
            await Write(name, name);
        }

        List<string> expected = [.. names.Where(name => name.StartsWith("p/", StringComparison.Ordinal))];
        expected.Sort(StringComparer.Ordinal);
        (await Names("p/")).ShouldBe(expected);
        BlobEntry entry = await _store.ListAsync(_container, "q/", Cancelled).SingleAsync(Cancelled);
        entry.Bytes.ShouldBe(7);
        entry.ModifiedAt.ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
        await using BlobRead read = (await _store.OpenAsync(entry.Path, Cancelled)).ShouldNotBeNull();
        read.ETag.ShouldBe(entry.ETag);
    }

    [Fact]
    public async Task Only_one_of_many_writers_creates_a_blob()
    {
        BlobPath path = BlobPath.Of(_container, "lock");
        await Write("other", "makes the container");

        FailureKind?[] outcomes = await Task.WhenAll(Enumerable.Range(0, 8).Select(async writer =>
        {
            try
            {
                await _store.WriteAsync(path, Text($"writer {writer}"), WriteCondition.Absent, Cancelled);
                return (FailureKind?)null;
            }
            catch (FlowException refused)
            {
                return refused.Failure.Kind;
            }
        }));

        outcomes.Count(kind => kind is null).ShouldBe(1);
        outcomes.Where(kind => kind is not null).ShouldAllBe(kind => kind == FailureKind.Conflict);
    }

    [Theory]
    [InlineData(10)]
    [InlineData(9_000_000)]
    public async Task A_write_on_a_version_that_has_changed_is_a_conflict_and_leaves_the_newer_content(int bytes)
    {
        BlobWritten first = await Write("champion.json", "first");
        BlobWritten second = await _store.WriteAsync(
            BlobPath.Of(_container, "champion.json"), Text("second"), WriteCondition.Matches(first.ETag), Cancelled);

        FlowException refused = await Should.ThrowAsync<FlowException>(() => _store.WriteAsync(
            BlobPath.Of(_container, "champion.json"), new MemoryStream(new byte[bytes]), WriteCondition.Matches(first.ETag), Cancelled));

        refused.Failure.Kind.ShouldBe(FailureKind.Conflict);
        await using BlobRead read = (await _store.OpenAsync(BlobPath.Of(_container, "champion.json"), Cancelled)).ShouldNotBeNull();
        read.ETag.ShouldBe(second.ETag);
    }

    [Fact]
    public async Task A_large_blob_overwritten_while_it_is_read_fails_the_read()
    {
        BlobPath path = BlobPath.Of(_container, "drops/big.csv");
        await _store.WriteAsync(path, new MemoryStream(new byte[40_000_000]), cancellation: Cancelled);
        await using BlobRead read = (await _store.OpenAsync(path, Cancelled)).ShouldNotBeNull();
        await read.Content.ReadExactlyAsync(new byte[1000], Cancelled);

        await _store.WriteAsync(path, new MemoryStream(new byte[40_000_000]), cancellation: Cancelled);

        FlowException changed = await Should.ThrowAsync<FlowException>(() => ReadAll(read.Content));
        changed.Failure.Kind.ShouldBe(FailureKind.DropChanged);
        changed.Message.ShouldContain("drops/big.csv");
    }

    [Fact]
    public async Task A_source_that_fails_half_way_leaves_no_blob()
    {
        BlobPath path = BlobPath.Of(_container, "half");
        await Should.ThrowAsync<InvalidDataException>(() => _store.WriteAsync(path, new BreakingStream(9_000_000), cancellation: Cancelled));
        (await _store.OpenAsync(path, Cancelled)).ShouldBeNull();
    }

    [Fact]
    public async Task A_wrong_key_is_refused_and_an_absent_account_is_unavailable_and_neither_shows_the_key()
    {
        const string Wrong = "d3Jvbmc=";
        var refused = new AzureBlobStore(new StorageOptions
        {
            ConnectionString = System.Text.RegularExpressions.Regex.Replace(azurite.ConnectionString, "AccountKey=[^;]*", "AccountKey=" + Wrong),
        });
        var absent = new AzureBlobStore(
            new StorageOptions { ConnectionString = $"DefaultEndpointsProtocol=http;AccountName=a;AccountKey={Wrong};BlobEndpoint=http://127.0.0.1:1/a;" },
            maxRetries: 0);
        BlobPath path = BlobPath.Of(_container, "a");

        FlowException first = await Should.ThrowAsync<FlowException>(() => refused.OpenAsync(path, Cancelled));
        FlowException second = await Should.ThrowAsync<FlowException>(() => absent.WriteAsync(path, Text("x"), cancellation: Cancelled));

        // Azure says AuthenticationFailed to a wrong key, Azurite AuthorizationFailure.
        first.Failure.Kind.ShouldBe(FailureKind.Forbidden);
        second.Failure.Kind.ShouldBe(FailureKind.Unavailable);
        (first.Message + second.Message).ShouldNotContain(Wrong);
    }

    [Fact]
    public void A_setting_that_is_no_connection_string_is_refused_by_name_without_repeating_it()
    {
        FlowException refused = Should.Throw<FlowException>(
            () => new AzureBlobStore(new StorageOptions { ConnectionString = "AccountKey=secret" }));
        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        refused.Failure.Field.ShouldBe("Datasets");
        refused.ToString().ShouldNotContain("secret");
    }

    private Task<BlobWritten> Write(string name, string text) =>
        _store.WriteAsync(BlobPath.Of(_container, name), Text(text), cancellation: Cancelled);

    private ValueTask<List<string>> Names(string prefix) =>
        _store.ListAsync(_container, prefix, Cancelled).Select(entry => entry.Path.Name).ToListAsync(Cancelled);

    private static MemoryStream Text(string text) => new(Encoding.UTF8.GetBytes(text));

    private static async Task<byte[]> ReadAll(Stream content)
    {
        var copy = new MemoryStream();
        await content.CopyToAsync(copy, Cancelled);
        return copy.ToArray();
    }

    private sealed class BreakingStream(int bytes) : MemoryStream(new byte[bytes])
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            int read = await base.ReadAsync(buffer, cancellationToken);
            return read > 0 ? read : throw new InvalidDataException("the source broke");
        }
    }
}
