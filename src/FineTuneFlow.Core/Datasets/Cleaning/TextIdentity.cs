using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>What makes two texts the same: the cleaned text in lower case (invariant), each run of white space one space,
/// without joiners and variation selectors. Each thread has its own.</summary>
internal sealed class TextIdentity
{
    private byte[] _buffer = new byte[4096];

    /// <summary>XXH128 of the normalised text's UTF-8.</summary>
    public TextHash Hash(ReadOnlySpan<byte> cleaned)
    {
        Span<byte> hash = stackalloc byte[16];
        XxHash128.Hash(Normalise(cleaned), hash);
        return new TextHash(BinaryPrimitives.ReadUInt64BigEndian(hash), BinaryPrimitives.ReadUInt64BigEndian(hash[8..]));
    }

    /// <summary>The row id: the hash's upper 64 bits as 16 lower-case hexadecimal digits.</summary>
    public static string IdOf(TextHash hash) => hash.High.ToString("x16", CultureInfo.InvariantCulture);

    /// <summary>The normalised text, valid until the next call.</summary>
    public ReadOnlySpan<byte> Normalise(ReadOnlySpan<byte> cleaned)
    {
        // Lower case takes at most half as many bytes again (two-byte capitals with a three-byte small letter); a vector may be
        // stored beyond the last byte that counts.
        if (_buffer.Length < (cleaned.Length * 3 / 2) + 32)
        {
            _buffer = new byte[(cleaned.Length * 2) + 32];
        }

        int written = 0;
        while (!cleaned.IsEmpty)
        {
            if (cleaned[0] == ' ' && written > 0 && _buffer[written - 1] == ' ')
            {
                cleaned = cleaned[1..];
                continue;
            }

            int copied = AsciiText.LowerTo(cleaned, _buffer.AsSpan(written));
            written += copied;
            cleaned = cleaned[copied..];
            if (cleaned.IsEmpty)
            {
                break;
            }

            if (cleaned[0] == '\n')
            {
                cleaned = cleaned[1..];
                if (written == 0 || _buffer[written - 1] != ' ')
                {
                    _buffer[written++] = (byte)' ';
                }

                continue;
            }

            Rune.DecodeFromUtf8(cleaned, out Rune rune, out int length);
            cleaned = cleaned[length..];
            if (!CharacterClasses.IsInvisible(rune.Value))
            {
                written += Rune.ToLowerInvariant(rune).EncodeToUtf8(_buffer.AsSpan(written));
            }
        }

        return _buffer.AsSpan(0, written);
    }
}
