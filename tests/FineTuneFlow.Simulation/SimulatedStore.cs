using System.Globalization;
using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>The storage port in memory: slow now and then, and sometimes without an answer, before or after it has done what it was
/// asked.</summary>
internal sealed class SimulatedStore(World world) : IBlobStore
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, Blob> _blobs = new(StringComparer.Ordinal);
    private long _versions;

    public async Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default)
    {
        Blob? blob = await AskAsync("read", path.ToString(), changes: false, () => _blobs.GetValueOrDefault(path.ToString()));
        return blob is null ? null : new BlobRead(new MemoryStream(blob.Bytes, writable: false), blob.ETag, blob.Bytes.Length);
    }

    public Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default) =>
        AskAsync("look", path.ToString(), changes: false, () => _blobs.ContainsKey(path.ToString()));

    public async Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        using var copy = new MemoryStream();
        content.CopyTo(copy);
        byte[] bytes = copy.ToArray();
        return await AskAsync("write", path.ToString(), changes: true, () =>
        {
            Blob? before = _blobs.GetValueOrDefault(path.ToString());
            if ((condition.OnlyIfAbsent && before is not null) || (condition.IfMatch is { } etag && before?.ETag != etag))
            {
                throw new FlowException(FailureKind.Conflict, $"{path} has changed");
            }

            var blob = new Blob(bytes, (++_versions).ToString(CultureInfo.InvariantCulture), world.Now);
            _blobs[path.ToString()] = blob;
            return new BlobWritten(new BlobRef(path.ToString(), Convert.ToHexStringLower(SHA256.HashData(bytes)), bytes.Length), blob.ETag);
        });
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (BlobEntry entry in await AskAsync("list", prefix, changes: false, () => List($"{container}/{prefix}")))
        {
            yield return entry;
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(string container, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (string folder in await AskAsync("list", container, changes: false, () =>
            (string[])[.. List($"{container}/").Where(entry => entry.Path.Name.Contains('/', StringComparison.Ordinal)).Select(entry => entry.Path.Name.Split('/')[0]).Distinct()]))
        {
            yield return folder;
        }
    }

    public Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default) =>
        AskAsync("delete", path.ToString(), changes: true, () => _blobs.Remove(path.ToString()));

    /// <summary>Written by the world's side, at once and whatever happens.</summary>
    public void Put(BlobPath path, byte[] content) =>
        Act(() => _blobs[path.ToString()] = new Blob(content, (++_versions).ToString(CultureInfo.InvariantCulture), world.Now));

    /// <summary>Whether a blob of this prefix holds the text; an unconcerned observer's look.</summary>
    public bool Contains(string container, string prefix, string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        return Act(() => _blobs.Any(b => b.Key.StartsWith($"{container}/{prefix}", StringComparison.Ordinal) && Unpacked(b.Value.Bytes).AsSpan().IndexOf(wanted) >= 0));
    }

    private static byte[] Unpacked(byte[] bytes)
    {
        if (bytes is not [0x1F, 0x8B, ..])
        {
            return bytes;
        }

        using var gzip = new GZipStream(new MemoryStream(bytes), CompressionMode.Decompress);
        using var content = new MemoryStream();
        gzip.CopyTo(content);
        return content.ToArray();
    }

    private BlobEntry[] List(string start) =>
    [
        .. _blobs.Where(b => b.Key.StartsWith(start, StringComparison.Ordinal))
            .Select(b => new BlobEntry(BlobPath.Parse(b.Key), b.Value.ETag, b.Value.Bytes.Length, b.Value.At)),
    ];

    private async Task<T> AskAsync<T>(string what, string path, bool changes, Func<T> act)
    {
        await World.LiveAsync();
        if (World.Current is not null)
        {
            string point = $"{what} {path}";
            double fate = world.Chance.Next(point);
            if (fate < 0.06)
            {
                await world.PauseAsync(world.Chance.Magnitude($"{point} slow", 0.001, 20));
            }
            else if (fate > 0.997)
            {
                throw Lost();
            }

            await World.LiveAsync();
            if (changes && fate is > 0.994 and < 0.997)
            {
                Act(act);
                throw Lost();
            }
        }

        return Act(act);
    }

    private T Act<T>(Func<T> act)
    {
        lock (_gate)
        {
            return act();
        }
    }

    private static FlowException Lost() => new(FailureKind.Unavailable, "The storage did not answer");

    private sealed record Blob(byte[] Bytes, string ETag, DateTimeOffset At);
}
