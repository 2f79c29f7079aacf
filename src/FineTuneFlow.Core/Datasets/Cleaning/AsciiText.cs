using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Loops over ASCII in UTF-8, in vectors of fixed width: such code is compiled ahead of time, while the library's searches
/// of variable width are compiled, and slow at first, in every process.</summary>
internal static class AsciiText
{
    private const int Width = 16;

    /// <summary>Position of the first byte that is not visible ASCII or a single space; the text's length where there is none.
    /// Of two spaces the first one is given.</summary>
    public static int FirstNotPlain(ReadOnlySpan<byte> text)
    {
        int i = 0;
        ref byte start = ref MemoryMarshal.GetReference(text);
        for (int last = text.Length - Width - 1; i <= last; i = Next(i, last))
        {
            Vector128<byte> here = Vector128.LoadUnsafe(ref start, (nuint)i);
            Vector128<byte> next = Vector128.LoadUnsafe(ref start, (nuint)(i + 1));
            Vector128<byte> space = Vector128.Create((byte)' ');
            Vector128<byte> stop = Outside(here) | (Vector128.Equals(here, space) & Vector128.Equals(next, space));
            if (stop != Vector128<byte>.Zero)
            {
                return i + FirstSet(stop);
            }
        }

        for (; i < text.Length; i++)
        {
            byte b = text[i];
            if (b is < 0x20 or > 0x7E || (b == ' ' && i + 1 < text.Length && text[i + 1] == ' '))
            {
                return i;
            }
        }

        return text.Length;
    }

    /// <summary>Position of the first byte that JSON escapes, or the text's length.</summary>
    public static int FirstEscaped(ReadOnlySpan<byte> text)
    {
        int i = 0;
        ref byte start = ref MemoryMarshal.GetReference(text);
        for (int last = text.Length - Width; i <= last; i = Next(i, last))
        {
            Vector128<byte> here = Vector128.LoadUnsafe(ref start, (nuint)i);
            Vector128<byte> stop = Vector128.LessThan(here, Vector128.Create((byte)0x20))
                | Vector128.Equals(here, Vector128.Create((byte)'"')) | Vector128.Equals(here, Vector128.Create((byte)'\\'));
            if (stop != Vector128<byte>.Zero)
            {
                return i + FirstSet(stop);
            }
        }

        while (i < text.Length && text[i] is >= 0x20 and not (byte)'"' and not (byte)'\\')
        {
            i++;
        }

        return i;
    }

    /// <summary>Position of the first byte above 127, or the text's length.</summary>
    public static int FirstWide(ReadOnlySpan<byte> text)
    {
        int i = 0;
        ref byte start = ref MemoryMarshal.GetReference(text);
        for (int last = text.Length - Width; i <= last; i = Next(i, last))
        {
            uint wide = Vector128.LoadUnsafe(ref start, (nuint)i).ExtractMostSignificantBits();
            if (wide != 0)
            {
                return i + BitOperations.TrailingZeroCount(wide);
            }
        }

        while (i < text.Length && text[i] < 0x80)
        {
            i++;
        }

        return i;
    }

    /// <summary>Copies ASCII in lower case up to the first line feed or byte above 127, and gives the length copied.</summary>
    public static int LowerTo(ReadOnlySpan<byte> text, Span<byte> target)
    {
        int i = 0;
        ref byte from = ref MemoryMarshal.GetReference(text);
        ref byte to = ref MemoryMarshal.GetReference(target);
        for (int last = text.Length - Width; i <= last; i = Next(i, last))
        {
            Vector128<byte> here = Vector128.LoadUnsafe(ref from, (nuint)i);
            Vector128<byte> stop = Vector128.Equals(here, Vector128.Create((byte)'\n')) | Vector128.GreaterThan(here, Vector128.Create((byte)0x7F));
            Lower(here).StoreUnsafe(ref to, (nuint)i);
            if (stop != Vector128<byte>.Zero)
            {
                return i + FirstSet(stop);
            }
        }

        for (; i < text.Length && text[i] is not (byte)'\n' and < 0x80; i++)
        {
            byte b = text[i];
            target[i] = (byte)(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b);
        }

        return i;
    }

    /// <summary>Where the next vector begins: behind this one, or so that it ends with the text, over bytes already seen, which
    /// costs less than single steps.</summary>
    /// <param name="i">Where this one begins.</param>
    /// <param name="last">Where the last one may begin.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Next(int i, int last) => i + Width <= last || i == last ? i + Width : last;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int FirstSet(Vector128<byte> stop) => BitOperations.TrailingZeroCount(stop.ExtractMostSignificantBits());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Outside(Vector128<byte> v) =>
        Vector128.LessThan(v, Vector128.Create((byte)0x20)) | Vector128.GreaterThan(v, Vector128.Create((byte)0x7E));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Lower(Vector128<byte> v)
    {
        Vector128<byte> capital = Vector128.GreaterThan(v, Vector128.Create((byte)('A' - 1))) & Vector128.LessThan(v, Vector128.Create((byte)('Z' + 1)));
        return v | (capital & Vector128.Create((byte)0x20));
    }
}
