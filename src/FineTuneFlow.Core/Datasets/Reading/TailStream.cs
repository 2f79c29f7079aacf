using System.Buffers.Binary;
using FineTuneFlow.Core.Streams;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Passes gzip data through and remembers what tells whether it is whole: its last four bytes, and how many members it has
/// (RFC 1952: data may be several gzip files, one behind the other).</summary>
internal sealed class TailStream(Stream inner) : ForwardStream
{
    private uint _lastFour;

    /// <summary>The last four bytes as a little-endian number.</summary>
    public uint LastWord => BinaryPrimitives.ReverseEndianness(_lastFour);

    /// <summary>Headers met; compressed bytes may look like one, so it is an upper limit.</summary>
    public int Members { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        int read = inner.Read(buffer);
        foreach (byte b in buffer[..read])
        {
            _lastFour = (_lastFour << 8) | b;
            // Deflate, with no flag or with a file name.
            Members += _lastFour is 0x1F8B0800 or 0x1F8B0808 ? 1 : 0;
        }

        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
