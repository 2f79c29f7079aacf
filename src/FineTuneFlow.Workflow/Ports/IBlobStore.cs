namespace FineTuneFlow.Workflow.Ports;

/// <summary>Where everything is stored: one storage account in the cloud, Azurite on a machine. Containers are made when first
/// written to. Faults are <see cref="Core.Failures.FlowException"/>s: Conflict, Unavailable, Unauthenticated, Forbidden.</summary>
public interface IBlobStore
{
    /// <summary>Opens a blob for streamed reading; null when it is not there. The content is that of the given ETag throughout:
    /// a blob that is overwritten while it is read fails the read with <see cref="Core.Failures.FailureKind.DropChanged"/>.</summary>
    Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default);

    /// <summary>Whether a blob is there. Nothing of it is read.</summary>
    Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default);

    /// <summary>Writes a blob from a stream, whole or not at all; its SHA-256 is computed on the way.</summary>
    /// <exception cref="Core.Failures.FlowException">Conflict: the condition does not hold.</exception>
    Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default);

    /// <summary>Blobs of a container whose names begin with the prefix, in ordinal order of name; none where the container is not there.</summary>
    IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, CancellationToken cancellation = default);

    /// <summary>The first parts of the names of a container's blobs, each once and without the slash behind it, in ordinal order; what
    /// has no slash is no folder. What lies in the folders is not looked at.</summary>
    IAsyncEnumerable<string> ListFoldersAsync(string container, CancellationToken cancellation = default);

    /// <summary>Deletes a blob; false when it was not there.</summary>
    Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default);
}

/// <param name="Content">Disposed of with this.</param>
/// <param name="ETag">Opaque version of the content.</param>
/// <param name="Bytes">Length.</param>
public sealed record BlobRead(Stream Content, string ETag, long Bytes) : IAsyncDisposable
{
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}

public sealed record BlobWritten(BlobRef Ref, string ETag);

/// <param name="Path">Where it is.</param>
/// <param name="ETag">Opaque version.</param>
/// <param name="Bytes">Length.</param>
/// <param name="ModifiedAt">Time of the last write by the storage's clock.</param>
public sealed record BlobEntry(BlobPath Path, string ETag, long Bytes, DateTimeOffset ModifiedAt);

/// <summary>When a write may happen; the default is always.</summary>
public readonly record struct WriteCondition
{
    public bool OnlyIfAbsent { get; private init; }

    public string? IfMatch { get; private init; }

    public static WriteCondition Absent => new() { OnlyIfAbsent = true };

    public static WriteCondition Matches(string etag) => new() { IfMatch = etag };
}
