using System.IO.Compression;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>JSON documents and small files in the store.</summary>
public static class BlobStoreJson
{
    /// <summary>A document with its ETag; null when it is not there.</summary>
    public static async Task<(T Value, string ETag)?> FindJsonAsync<T>(this IBlobStore store, BlobPath path, CancellationToken cancellation = default)
    {
        await using BlobRead? blob = await store.OpenAsync(path, cancellation);
        if (blob is null)
        {
            return null;
        }

        T? value = await JsonSerializer.DeserializeAsync<T>(blob.Content, FlowJson.Compact, cancellation);
        return (value!, blob.ETag);
    }

    /// <exception cref="FlowException">NotFound.</exception>
    public static async Task<T> ReadJsonAsync<T>(this IBlobStore store, BlobPath path, CancellationToken cancellation = default) =>
        (await store.FindJsonAsync<T>(path, cancellation) ?? throw Missing(path)).Value;

    public static async Task<BlobWritten> WriteJsonAsync<T>(
        this IBlobStore store, BlobPath path, T value, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        using var content = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, FlowJson.Indented));
        return await store.WriteAsync(path, content, condition, cancellation);
    }

    /// <summary>Ending of a file that is kept packed with gzip: what a run writes much of and people seldom open.</summary>
    public const string PackedEnding = ".gz";

    /// <summary>A file's content, unpacked where its name says that it is packed; then <see cref="BlobRead.Bytes"/> is what it takes in the
    /// store. Where it is not there, the file of the name without that ending: runs of before have it.</summary>
    public static async Task<BlobRead?> OpenUnpackedAsync(this IBlobStore store, BlobPath path, CancellationToken cancellation = default)
    {
        BlobRead? read = await store.OpenAsync(path, cancellation);
        if (PlainOf(path) is not { } plain)
        {
            return read;
        }

        return read is null ? await store.OpenAsync(plain, cancellation) : read with { Content = new GZipStream(read.Content, CompressionMode.Decompress) };
    }

    /// <summary>As above.</summary>
    /// <exception cref="FlowException">NotFound.</exception>
    public static async Task<BlobRead> OpenExistingUnpackedAsync(this IBlobStore store, BlobPath path, CancellationToken cancellation = default) =>
        await store.OpenUnpackedAsync(path, cancellation) ?? throw Missing(path);

    /// <summary>Whether the file is there, packed or as runs of before have it.</summary>
    public static async Task<bool> ExistsPackedAsync(this IBlobStore store, BlobPath path, CancellationToken cancellation = default) =>
        await store.ExistsAsync(path, cancellation) || (PlainOf(path) is { } plain && await store.ExistsAsync(plain, cancellation));

    /// <summary>Stores content packed.</summary>
    public static async Task<BlobWritten> WritePackedAsync(this IBlobStore store, BlobPath path, Stream content, CancellationToken cancellation = default)
    {
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            await content.CopyToAsync(gzip, cancellation);
        }

        packed.Position = 0;
        return await store.WriteAsync(path, packed, default, cancellation);
    }

    /// <summary>JSON lines, one an item; packed where the path's name says so.</summary>
    public static async Task<BlobWritten> WriteLinesAsync<T>(
        this IBlobStore store, BlobPath path, IEnumerable<T> items, CancellationToken cancellation = default)
    {
        using var lines = new MemoryStream();
        foreach (T item in items)
        {
            JsonSerializer.Serialize(lines, item, FlowJson.Compact);
            lines.WriteByte((byte)'\n');
        }

        lines.Position = 0;
        return PlainOf(path) is null ? await store.WriteAsync(path, lines, default, cancellation) : await store.WritePackedAsync(path, lines, cancellation);
    }

    /// <summary>All items of JSON lines; none where the blob is not there.</summary>
    public static async Task<List<T>> ReadLinesAsync<T>(this IBlobStore store, BlobPath path, CancellationToken cancellation = default)
    {
        var items = new List<T>();
        await using BlobRead? blob = await store.OpenUnpackedAsync(path, cancellation);
        if (blob is not null)
        {
            using var reader = new StreamReader(blob.Content);
            while (await reader.ReadLineAsync(cancellation) is { } line)
            {
                if (line.Length > 0)
                {
                    items.Add(JsonSerializer.Deserialize<T>(line, FlowJson.Compact)!);
                }
            }
        }

        return items;
    }

    /// <exception cref="FlowException">NotFound.</exception>
    public static async Task<BlobRead> OpenExistingAsync(this IBlobStore store, BlobPath path, CancellationToken cancellation = default) =>
        await store.OpenAsync(path, cancellation) ?? throw Missing(path);

    public static async Task<byte[]> ReadBytesAsync(this IBlobStore store, BlobPath path, CancellationToken cancellation = default)
    {
        await using BlobRead blob = await store.OpenExistingAsync(path, cancellation);
        using var bytes = new MemoryStream((int)Math.Min(blob.Bytes, int.MaxValue));
        await blob.Content.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }

    public static async Task<BlobWritten> WriteBytesAsync(
        this IBlobStore store, BlobPath path, byte[] bytes, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        using var content = new MemoryStream(bytes, writable: false);
        return await store.WriteAsync(path, content, condition, cancellation);
    }

    private static BlobPath? PlainOf(BlobPath path) =>
        path.Name.EndsWith(PackedEnding, StringComparison.Ordinal) ? BlobPath.Of(path.Container, path.Name[..^PackedEnding.Length]) : null;

    private static FlowException Missing(BlobPath path) =>
        new(FailureKind.NotFound, $"There is no {path}", "It was deleted, or never written");
}
