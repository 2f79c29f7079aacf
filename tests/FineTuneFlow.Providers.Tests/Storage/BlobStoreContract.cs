using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.Storage;

/// <summary>What every store does, whatever it stands on.</summary>
public abstract class BlobStoreContract
{
    private readonly string _container = $"t-{Guid.NewGuid():N}";

    protected abstract IBlobStore Store { get; }

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

        BlobWritten written = await Store.WriteAsync(path, new MemoryStream(content), cancellation: Cancelled);

        written.Ref.ShouldBe(new BlobRef(path.ToString(), Convert.ToHexStringLower(SHA256.HashData(content)), bytes));
        await using BlobRead read = (await Store.OpenAsync(path, Cancelled)).ShouldNotBeNull();
        read.Bytes.ShouldBe(bytes);
        read.ETag.ShouldBe(written.ETag);
        (await ReadAll(read.Content)).AsSpan().SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public async Task A_blob_or_container_that_is_not_there_opens_as_null_lists_as_empty_and_deletes_as_false()
    {
        BlobPath path = BlobPath.Of(_container, "none");
        (await Store.OpenAsync(path, Cancelled)).ShouldBeNull();
        (await Names("")).ShouldBeEmpty();
        (await Store.DeleteAsync(path, Cancelled)).ShouldBeFalse();
        await Write("there", "x");
        (await Store.OpenAsync(path, Cancelled)).ShouldBeNull();
        (await Store.DeleteAsync(path, Cancelled)).ShouldBeFalse();
    }

    [Fact]
    public async Task Deleting_removes_the_blob_once()
    {
        await Write("a", "x");
        (await Store.DeleteAsync(BlobPath.Of(_container, "a"), Cancelled)).ShouldBeTrue();
        (await Store.DeleteAsync(BlobPath.Of(_container, "a"), Cancelled)).ShouldBeFalse();
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
        BlobEntry entry = await Store.ListAsync(_container, "q/", Cancelled).SingleAsync(Cancelled);
        entry.Bytes.ShouldBe(7);
        entry.ModifiedAt.ShouldBeGreaterThan(DateTimeOffset.UtcNow.AddMinutes(-5));
        await using BlobRead read = (await Store.OpenAsync(entry.Path, Cancelled)).ShouldNotBeNull();
        read.ETag.ShouldBe(entry.ETag);
    }

    [Fact]
    public async Task Folders_are_listed_once_each_without_what_lies_in_them()
    {
        (await Store.ListFoldersAsync(_container, Cancelled).ToListAsync(Cancelled)).ShouldBeEmpty();
        foreach (string name in new[] { "b/one", "b/two/three", "a-b/x", "a/y", "alone", "Ü ml/z" })
        {
            await Write(name, "x");
        }

        (await Store.ListFoldersAsync(_container, Cancelled).ToListAsync(Cancelled)).ShouldBe(["a", "a-b", "b", "Ü ml"]);
        await Store.DeleteAsync(BlobPath.Of(_container, "a/y"), Cancelled);
        (await Store.ListFoldersAsync(_container, Cancelled).ToListAsync(Cancelled)).ShouldBe(["a-b", "b", "Ü ml"]);
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
                await Store.WriteAsync(path, Content($"writer {writer}"), WriteCondition.Absent, Cancelled);
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
        BlobWritten second = await Store.WriteAsync(
            BlobPath.Of(_container, "champion.json"), Content("second"), WriteCondition.Matches(first.ETag), Cancelled);

        FlowException refused = await Should.ThrowAsync<FlowException>(() => Store.WriteAsync(
            BlobPath.Of(_container, "champion.json"), new MemoryStream(new byte[bytes]), WriteCondition.Matches(first.ETag), Cancelled));

        refused.Failure.Kind.ShouldBe(FailureKind.Conflict);
        await using BlobRead read = (await Store.OpenAsync(BlobPath.Of(_container, "champion.json"), Cancelled)).ShouldNotBeNull();
        read.ETag.ShouldBe(second.ETag);
    }

    [Fact]
    public async Task A_large_blob_overwritten_while_it_is_read_fails_the_read()
    {
        BlobPath path = BlobPath.Of(_container, "drops/big.csv");
        await Store.WriteAsync(path, new MemoryStream(new byte[40_000_000]), cancellation: Cancelled);
        await using BlobRead read = (await Store.OpenAsync(path, Cancelled)).ShouldNotBeNull();
        await read.Content.ReadExactlyAsync(new byte[1000], Cancelled);

        await Store.WriteAsync(path, new MemoryStream(new byte[40_000_000]), cancellation: Cancelled);

        FlowException changed = await Should.ThrowAsync<FlowException>(() => ReadAll(read.Content));
        changed.Failure.Kind.ShouldBe(FailureKind.DropChanged);
        changed.Message.ShouldContain("drops/big.csv");
    }

    [Fact]
    public async Task A_source_that_fails_half_way_leaves_no_blob()
    {
        BlobPath path = BlobPath.Of(_container, "half");
        await Should.ThrowAsync<InvalidDataException>(() => Store.WriteAsync(path, new BreakingStream(9_000_000), cancellation: Cancelled));
        (await Store.OpenAsync(path, Cancelled)).ShouldBeNull();
    }

    [Fact]
    public async Task Names_that_file_systems_differ_on_are_told_apart_and_come_back_as_they_were()
    {
        string longest = new string('a', 300) + "/" + new string('é', 150) + ".csv";
        string[] names =
        [
            "n/june.csv", "n/June.csv", "n/JUNE.csv", "n/con", "n/CON.csv", "n/aux.tar.gz", "n/com1", "n/lpt9.csv", "n/com10", "n/dot.", "n/blank ",
            "n/.hidden", "n/100%.csv", "n/100%25.csv", "n/%41.csv", "n/a:b", "n/a<b>|c?d*e\"f", "n/caf\u00E9", "n/cafe\u0301", "n/\u212B", "n/\u00C5",
            "n/straße", "n/STRASSE", "n/\u017F", "n/s", "n/отзывы.csv", "n/レビュー.csv", "n/😀.csv", "n/a%+", "n/a%-", longest,
            new string('a', 140), new string('a', 140) + "-", new string('a', 141), new string('a', 140) + "/b",
        ];
        foreach (string name in names)
        {
            await Write(name, name);
        }

        List<string> expected = [.. names];
        expected.Sort(StringComparer.Ordinal);
        (await Names("")).ShouldBe(expected);
        (await Names("n/c")).ShouldBe(expected.Where(name => name.StartsWith("n/c", StringComparison.Ordinal)));
        foreach (string name in names)
        {
            (await Text(name)).ShouldBe(name);
            (await Store.DeleteAsync(BlobPath.Of(_container, name), Cancelled)).ShouldBeTrue(name);
        }

        (await Names("")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_blob_may_have_the_name_that_others_lie_under()
    {
        await Write("a", "first");
        await Write("a/b", "below");
        await Write("a/b/c", "deepest");
        await Write("a", "first, again");
        (await Names("")).ShouldBe(["a", "a/b", "a/b/c"]);
        (await Names("a/")).ShouldBe(["a/b", "a/b/c"]);
        (await Text("a")).ShouldBe("first, again");
        (await Text("a/b")).ShouldBe("below");

        (await Store.DeleteAsync(BlobPath.Of(_container, "a/b/c"), Cancelled)).ShouldBeTrue();
        (await Text("a/b")).ShouldBe("below");
        await Should.ThrowAsync<FlowException>(() => Store.WriteAsync(BlobPath.Of(_container, "a"), Content("x"), WriteCondition.Absent, Cancelled));
        (await Store.DeleteAsync(BlobPath.Of(_container, "a"), Cancelled)).ShouldBeTrue();
        (await Names("")).ShouldBe(["a/b"]);
    }

    [Fact]
    public async Task A_write_on_a_blob_that_is_gone_is_a_conflict()
    {
        BlobWritten written = await Write("gone", "x");
        await Store.DeleteAsync(BlobPath.Of(_container, "gone"), Cancelled);
        FlowException refused = await Should.ThrowAsync<FlowException>(() => Store.WriteAsync(
            BlobPath.Of(_container, "gone"), Content("y"), WriteCondition.Matches(written.ETag), Cancelled));
        refused.Failure.Kind.ShouldBe(FailureKind.Conflict);
    }

    [Fact]
    public async Task The_same_content_written_again_is_another_version()
    {
        HashSet<string> versions = [];
        for (int i = 0; i < 20; i++)
        {
            versions.Add((await Write("same", "x")).ETag).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task A_counter_that_many_raise_by_condition_loses_nothing()
    {
        await Write("counter", "0");
        await Task.WhenAll(Enumerable.Range(0, 4).Select(async _ =>
        {
            for (int raised = 0; raised < 10;)
            {
                BlobRead read = (await Store.OpenAsync(BlobPath.Of(_container, "counter"), Cancelled))!;
                int value = int.Parse(Encoding.UTF8.GetString(await ReadAll(read.Content)), System.Globalization.CultureInfo.InvariantCulture);
                await read.DisposeAsync();
                try
                {
                    await Store.WriteAsync(BlobPath.Of(_container, "counter"), Content($"{value + 1}"), WriteCondition.Matches(read.ETag), Cancelled);
                    raised++;
                }
                catch (FlowException other) when (other.Failure.Kind == FailureKind.Conflict)
                {
                    // Another was faster; read again.
                }
            }
        }));
        (await Text("counter")).ShouldBe("40");
    }

    private async Task<string> Text(string name)
    {
        await using BlobRead read = (await Store.OpenAsync(BlobPath.Of(_container, name), Cancelled)).ShouldNotBeNull(name);
        return Encoding.UTF8.GetString(await ReadAll(read.Content));
    }

    private Task<BlobWritten> Write(string name, string text) =>
        Store.WriteAsync(BlobPath.Of(_container, name), Content(text), cancellation: Cancelled);

    private ValueTask<List<string>> Names(string prefix) =>
        Store.ListAsync(_container, prefix, Cancelled).Select(entry => entry.Path.Name).ToListAsync(Cancelled);

    private static MemoryStream Content(string text) => new(Encoding.UTF8.GetBytes(text));

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
