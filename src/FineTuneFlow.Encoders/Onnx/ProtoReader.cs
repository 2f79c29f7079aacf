using System.Text;

namespace FineTuneFlow.Encoders.Onnx;

/// <summary>Reads the wire format of Protocol Buffers field by field.</summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>Number of the field that <see cref="Next"/> has come to.</summary>
    public int Field { get; private set; }

    /// <summary>Of a field of whole numbers.</summary>
    public long Whole { get; private set; }

    /// <summary>Of a field of bytes, text or a message.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    public readonly string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>False at the end.</summary>
    /// <exception cref="InvalidDataException">Not of the format.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = Varint();
        Field = (int)(tag >> 3);
        Bytes = default;
        switch (tag & 7)
        {
            case 0:
                Whole = (long)Varint();
                return true;
            case 1:
                Bytes = Take(8);
                return true;
            case 2:
                Bytes = Take(checked((int)Varint()));
                return true;
            case 5:
                Bytes = Take(4);
                return true;
            default:
                throw new InvalidDataException("an unknown wire type");
        }
    }

    private ReadOnlySpan<byte> Take(int count)
    {
        if (count > _rest.Length)
        {
            throw new InvalidDataException("cut off");
        }

        ReadOnlySpan<byte> taken = _rest[..count];
        _rest = _rest[count..];
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 70; shift += 7)
        {
            byte part = Take(1)[0];
            value |= (ulong)(part & 0x7F) << shift;
            if (part < 0x80)
            {
                return value;
            }
        }

        throw new InvalidDataException("a number without end");
    }
}
