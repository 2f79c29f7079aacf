using System.IO.Hashing;
using System.Runtime.InteropServices;

namespace FineTuneFlow.Workflow.Watching;

/// <summary>Which words the training texts had, as a Bloom filter of a megabit: 60,000 words are told apart from others with an error
/// below 5 %, and no word can be read from it.</summary>
public sealed class Vocabulary
{
    private const int Bits = 1 << 20;
    private readonly byte[] _bits;

    public Vocabulary()
        : this(new byte[Bits / 8])
    {
    }

    private Vocabulary(byte[] bits) => _bits = bits;

    public byte[] ToBytes() => _bits;

    /// <summary>Null: not the file of a vocabulary.</summary>
    public static Vocabulary? FromBytes(byte[] bytes) => bytes.Length == Bits / 8 ? new Vocabulary(bytes) : null;

    public void Add(string text) => Words(text, hash =>
    {
        (int first, int second) = Places(hash);
        _bits[first >> 3] |= (byte)(1 << (first & 7));
        _bits[second >> 3] |= (byte)(1 << (second & 7));
    });

    /// <summary>Share of the text's words that are not in it, 0 to 1; 0 for a text without words.</summary>
    public double UnknownShare(string text)
    {
        int words = 0;
        int unknown = 0;
        Words(text, hash =>
        {
            words++;
            (int first, int second) = Places(hash);
            unknown += Has(first) && Has(second) ? 0 : 1;
        });
        return words == 0 ? 0 : unknown / (double)words;
    }

    private bool Has(int place) => (_bits[place >> 3] & (1 << (place & 7))) != 0;

    private static (int First, int Second) Places(ulong hash) => ((int)(hash & (Bits - 1)), (int)((hash >> 32) & (Bits - 1)));

    private static void Words(string text, Action<ulong> found)
    {
        Span<char> word = stackalloc char[64];
        int length = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            char c = i < text.Length ? text[i] : ' ';
            if (char.IsLetterOrDigit(c))
            {
                if (length < word.Length)
                {
                    word[length++] = char.ToLowerInvariant(c);
                }
            }
            else if (length > 0)
            {
                found(XxHash3.HashToUInt64(MemoryMarshal.AsBytes((ReadOnlySpan<char>)word[..length])));
                length = 0;
            }
        }
    }
}
