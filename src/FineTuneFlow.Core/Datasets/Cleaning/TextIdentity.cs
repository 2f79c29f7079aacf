using System.Buffers.Binary;
using System.Globalization;
using System.IO.Hashing;
using System.Text;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>What makes two texts the same: the cleaned text in lower case (invariant), each run of white space one space,
/// without joiners and variation selectors. Each thread has its own.</summary>
internal sealed class TextIdentity
{
    private byte[] buffer = new byte[4096];

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
        // Lower case takes at most half as many bytes again (two-byte capitals with a three-byte small letter).
        if (buffer.Length < cleaned.Length * 3 / 2 + 4)
        {
            buffer = new byte[cleaned.Length * 2 + 4];
        }

        if (!Ascii.IsValid(cleaned))
        {
            return NormaliseWide(cleaned);
        }

        int written = 0;
        while (true)
        {
            int feed = cleaned.IndexOf((byte)'\n');
            ReadOnlySpan<byte> part = feed < 0 ? cleaned : cleaned[..feed];
            Ascii.ToLower(part, buffer.AsSpan(written), out _);
            written += part.Length;
            if (feed < 0)
            {
                return buffer.AsSpan(0, written);
            }

            buffer[written++] = (byte)' ';
            cleaned = cleaned[feed..].TrimStart((byte)'\n');
        }
    }

    private ReadOnlySpan<byte> NormaliseWide(ReadOnlySpan<byte> cleaned)
    {
        int written = 0;
        for (int i = 0; i < cleaned.Length;)
        {
            byte b = cleaned[i];
            if (b < 0x80)
            {
                i++;
                if (b is (byte)'\n' or (byte)' ')
                {
                    if (written > 0 && buffer[written - 1] == ' ')
                    {
                        continue;
                    }

                    b = (byte)' ';
                }

                buffer[written++] = (byte)(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b);
                continue;
            }

            Rune.DecodeFromUtf8(cleaned[i..], out Rune rune, out int length);
            i += length;
            if (!CharacterClasses.IsInvisible(rune.Value))
            {
                written += Rune.ToLowerInvariant(rune).EncodeToUtf8(buffer.AsSpan(written));
            }
        }

        return buffer.AsSpan(0, written);
    }
}
