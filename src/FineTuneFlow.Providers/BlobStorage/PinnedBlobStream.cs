using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using FineTuneFlow.Core.Streams;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.BlobStorage;

/// <summary>Reads a blob forward in ranges, each of which asks for the version that was opened. The first range is fetched at
/// opening, so a small blob is read at one moment and cannot change in between.</summary>
internal sealed class PinnedBlobStream : ForwardStream
{
    private const int RangeBytes = 16 * 1024 * 1024;

    private readonly BlobClient _blob;
    private readonly BlobPath _path;
    private readonly ETag _version;
    private Stream _range;
    private long _rangeEnd;
    private long _position;

    private PinnedBlobStream(BlobClient blob, BlobPath path, BlobDownloadStreamingResult first, long total)
    {
        (_blob, _path, _range, _version) = (blob, path, first.Content, first.Details.ETag);
        (Total, _rangeEnd) = (total, Math.Min(total, RangeBytes));
    }

    public ETag Version => _version;

    /// <summary>The blob's length in bytes.</summary>
    public long Total { get; }

    public override long Length => Total;

    public override long Position
    {
        get => _position;
        set => throw new NotSupportedException();
    }

    public static async Task<PinnedBlobStream> OpenAsync(BlobClient blob, BlobPath path, CancellationToken cancellation)
    {
        try
        {
            BlobDownloadStreamingResult first = await Fetch(blob, 0, null, cancellation);
            // "bytes 0-1023/4096": the part after the slash is the whole length.
            string range = first.Details.ContentRange;
            long total = range is null ? first.Details.ContentLength : long.Parse(range.AsSpan(range.IndexOf('/', StringComparison.Ordinal) + 1));
            return new PinnedBlobStream(blob, path, first, total);
        }
        catch (RequestFailedException fault) when (fault.Status == 416)
        {
            // An empty blob has no range at all; asked for without one, it answers.
            BlobDownloadStreamingResult whole = await blob.DownloadStreamingAsync(cancellationToken: cancellation);
            return new PinnedBlobStream(blob, path, whole, whole.Details.ContentLength);
        }
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.Length == 0 || _position == Total)
        {
            return 0;
        }

        try
        {
            if (_position == _rangeEnd)
            {
                await _range.DisposeAsync();
                _range = (await Fetch(_blob, _position, _version, cancellationToken)).Content;
                _rangeEnd = Math.Min(Total, _position + RangeBytes);
            }

            int read = await _range.ReadAsync(buffer, cancellationToken);
            _position += read;
            return read > 0 ? read : throw new IOException("the answer ended early");
        }
        catch (Exception fault) when (StorageFaults.IsFault(fault))
        {
            throw StorageFaults.WhileReading(fault, _path.ToString());
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer.AsMemory(offset, count)).AsTask().GetAwaiter().GetResult();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _range.Dispose();
        }

        base.Dispose(disposing);
    }

    private static async Task<BlobDownloadStreamingResult> Fetch(BlobClient blob, long offset, ETag? version, CancellationToken cancellation) =>
        await blob.DownloadStreamingAsync(
            new BlobDownloadOptions
            {
                Range = new HttpRange(offset, RangeBytes),
                Conditions = version is null ? null : new BlobRequestConditions { IfMatch = version },
            },
            cancellation);
}
