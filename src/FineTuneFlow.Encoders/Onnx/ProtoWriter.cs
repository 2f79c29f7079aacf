using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>Writes the wire format of Protocol Buffers (protobuf.dev/programming-guides/encoding), as much of it as ONNX uses.</summary>
internal sealed class ProtoWriter
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public long Length => _bytes.WrittenCount;

    public void Whole(int field, long value)
    {
        Tag(field, 0);
        Varint((ulong)value);
    }

    public void Fraction(int field, float value)
    {
        Tag(field, 5);
        Span<byte> four = stackalloc byte[4];
        BinaryPrimitives.WriteSingleLittleEndian(four, value);
        _bytes.Write(four);
    }

    public void Text(int field, string value) => Bytes(field, Encoding.UTF8.GetBytes(value));

    public void Bytes(int field, ReadOnlySpan<byte> value)
    {
        Tag(field, 2);
        Varint((ulong)value.Length);
        _bytes.Write(value);
    }

    public void Message(int field, Action<ProtoWriter> write)
    {
        var inner = new ProtoWriter();
        write(inner);
        Embed(field, inner);
    }

    /// <summary>A message that has been written before.</summary>
    public void Embed(int field, ProtoWriter message)
    {
        Begin(field, message.Length);
        _bytes.Write(message._bytes.WrittenSpan);
    }

    /// <summary>The beginning of a message whose bytes the caller writes behind it.</summary>
    public void Begin(int field, long length)
    {
        Tag(field, 2);
        Varint((ulong)length);
    }

    public void CopyTo(Stream stream) => stream.Write(_bytes.WrittenSpan);

    private void Tag(int field, int wireType) => Varint((ulong)((field << 3) | wireType));

    private void Varint(ulong value)
    {
        Span<byte> parts = stackalloc byte[10];
        int count = 0;
        for (; value >= 0x80; value >>= 7)
        {
            parts[count++] = (byte)(value | 0x80);
        }

        parts[count++] = (byte)value;
        _bytes.Write(parts[..count]);
    }
}
