using System.IO.Compression;
using FineTuneFlow.Core.Streams;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Unpacks gzip and refuses data that is cut off, which <see cref="GZipStream"/> takes for the end: the file's last four
/// bytes must be the length of what was unpacked (RFC 1952; of the last member only, where several were put together).</summary>
internal sealed class WholeGzipStream : ForwardStream
{
    private readonly TailStream packed;
    private readonly GZipStream unpacked;
    private long count;

    public WholeGzipStream(Stream stream)
    {
        packed = new TailStream(stream);
        unpacked = new GZipStream(packed, CompressionMode.Decompress);
    }

    /// <exception cref="InvalidDataException">The data is damaged or cut off.</exception>
    public override int Read(Span<byte> buffer)
    {
        int read = unpacked.Read(buffer);
        count += read;
        bool ended = read == 0 && buffer.Length > 0;
        if (ended && packed.LastWord != (uint)count && (packed.Members < 2 || packed.LastWord > count))
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
            unpacked.Dispose();
        }

        base.Dispose(disposing);
    }
}
