using System.IO.Compression;
using FineTuneFlow.Core.Streams;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Unpacks gzip and refuses data that is cut off, which <see cref="GZipStream"/> takes for the end: the file's last four
/// bytes must be the length of what was unpacked (RFC 1952; of the last member only, where several were put together).</summary>
internal sealed class WholeGzipStream : ForwardStream
{
    private readonly TailStream _packed;
    private readonly GZipStream _unpacked;
    private long _count;

    public WholeGzipStream(Stream stream)
    {
        _packed = new TailStream(stream);
        _unpacked = new GZipStream(_packed, CompressionMode.Decompress);
    }

    /// <summary>Bytes unpacked so far.</summary>
    public long Count => _count;

    /// <exception cref="InvalidDataException">The data is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = _unpacked.Read(buffer);
        _count += read;
        bool ended = read == 0 && buffer.Length > 0;
        if (ended && _packed.LastWord != (uint)_count && (_packed.Members < 2 || _packed.LastWord > _count))
        {
            throw new InvalidDataException("the gzip data ends before its time");
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacked.Dispose();
        }

        base.Dispose(disposing);
    }
}
