using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Tests;

/// <summary>The storage port in memory, which answers before its call returns: with a virtual clock a test then knows when something
/// that beats in the background has written.</summary>
internal sealed class MemoryStore : IBlobStore
{
    /// <summary>What writes without waiting in between would otherwise hang its test.</summary>
    private const int MostWrites = 100_000;

    private readonly SortedDictionary<string, (byte[] Bytes, string ETag)> _blobs = new(StringComparer.Ordinal);
    private int _versions;

    /// <summary>The condition of every write that was asked for, also of those that were refused.</summary>
    public List<WriteCondition> Asked { get; } = [];

    /// <summary>Writes are done, and their answers lost.</summary>
    public bool LosesAnswers { get; set; }

    /// <summary>Called once, when a write is done and not answered yet.</summary>
    public Action? Written { get; set; }

    /// <summary>What it says of when each blob was written.</summary>
    public DateTimeOffset ModifiedAt { get; set; } = DateTimeOffset.UnixEpoch;

    /// <summary>How often a blob was opened.</summary>
    public int Opened { get; private set; }

    public Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default)
    {
        Opened++;
        cancellation.ThrowIfCancellationRequested();
        return Task.FromResult(_blobs.TryGetValue(path.ToString(), out (byte[] Bytes, string ETag) blob)
            ? new BlobRead(new MemoryStream(blob.Bytes, writable: false), blob.ETag, blob.Bytes.Length)
            : null);
    }

    public Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default) => Task.FromResult(_blobs.ContainsKey(path.ToString()));

    public Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        if (cancellation.IsCancellationRequested)
        {
            return Task.FromCanceled<BlobWritten>(cancellation);
        }

        Asked.Add(condition);
        if (Asked.Count > MostWrites)
        {
            throw new InvalidOperationException($"Somebody has written {MostWrites:N0} times and does not stop");
        }

        bool stands = _blobs.TryGetValue(path.ToString(), out (byte[] Bytes, string ETag) before);
        if ((condition.OnlyIfAbsent && stands) || (condition.IfMatch is { } etag && before.ETag != etag))
        {
            return Task.FromException<BlobWritten>(new FlowException(FailureKind.Conflict, $"{path} has changed"));
        }

        using var copy = new MemoryStream();
        content.CopyTo(copy);
        string version = (++_versions).ToString(CultureInfo.InvariantCulture);
        _blobs[path.ToString()] = (copy.ToArray(), version);
        (Action? written, Written) = (Written, null);
        written?.Invoke();
        if (LosesAnswers)
        {
            return Task.FromException<BlobWritten>(new FlowException(FailureKind.Unavailable, "The storage did not answer"));
        }

        return Task.FromResult(new BlobWritten(new BlobRef(path.ToString(), Convert.ToHexStringLower(SHA256.HashData(copy.ToArray())), copy.Length), version));
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach ((string name, (byte[] bytes, string etag)) in _blobs.Where(blob => blob.Key.StartsWith($"{container}/{prefix}", StringComparison.Ordinal)).ToArray())
        {
            yield return new BlobEntry(BlobPath.Parse(name), etag, bytes.Length, ModifiedAt);
        }

        await Task.CompletedTask;
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(string container, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (string folder in _blobs.Keys.Select(name => name.Split('/')).Where(parts => parts.Length > 2 && parts[0] == container).Select(parts => parts[1]).Distinct().Order(StringComparer.Ordinal).ToArray())
        {
            yield return folder;
        }

        await Task.CompletedTask;
    }

    public Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default) => Task.FromResult(_blobs.Remove(path.ToString()));
}
