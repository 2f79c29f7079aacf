using System.Buffers;
using System.Collections.Immutable;
using System.Text;

namespace FineTuneFlow.Core.Costs;

/// <summary>How much text there is: what token estimates are made from.</summary>
/// <param name="Characters">Unicode characters by <see cref="Script"/>, in the order of that enumeration.</param>
/// <param name="Utf8Bytes">Bytes in UTF-8: a tokenizer on bytes never makes more tokens.</param>
public sealed record TextSize(ImmutableArray<long> Characters, long Utf8Bytes)
{
    private static readonly int Scripts = Enum.GetValues<Script>().Length;

    public static TextSize Zero { get; } = new([.. new long[Scripts]], 0);

    /// <summary>Size of one text.</summary>
    public static TextSize Of(ReadOnlySpan<char> text)
    {
        var counts = new long[Scripts];
        long bytes = Count(text, counts);
        return new TextSize([.. counts], bytes);
    }

    /// <summary>Size of all texts together, in one pass without an allocation a text.</summary>
    public static TextSize Of(IEnumerable<string> texts)
    {
        var counts = new long[Scripts];
        long bytes = 0;
        foreach (string text in texts)
        {
            bytes += Count(text, counts);
        }

        return new TextSize([.. counts], bytes);
    }

    public static TextSize operator +(TextSize a, TextSize b) => new([.. a.Characters.Zip(b.Characters, (x, y) => x + y)], a.Utf8Bytes + b.Utf8Bytes);

    /// <summary>Tokens of this much text, its parts taken together; never above <see cref="Utf8Bytes"/>.</summary>
    public Estimate Tokens()
    {
        Estimate sum = Estimate.Zero;
        for (int script = 0; script < Characters.Length; script++)
        {
            if (Characters[script] > 0)
            {
                sum += TokenRates.PerCharacter((Script)script) * Characters[script];
            }
        }

        return new Estimate(Math.Min(sum.Low, Utf8Bytes), Math.Min(sum.Likely, Utf8Bytes), Math.Min(sum.High, Utf8Bytes));
    }

    private static long Count(ReadOnlySpan<char> text, long[] counts)
    {
        long bytes = 0;
        while (!text.IsEmpty)
        {
            if (char.IsAscii(text[0]))
            {
                counts[char.IsAsciiDigit(text[0]) ? (int)Script.Digits : (int)Script.Latin]++;
                bytes++;
                text = text[1..];
                continue;
            }

            // A lone surrogate is read as U+FFFD, which is what it becomes in UTF-8.
            if (Rune.DecodeFromUtf16(text, out Rune rune, out int used) != OperationStatus.Done)
            {
                rune = Rune.ReplacementChar;
            }

            counts[(int)TokenRates.Of(rune)]++;
            bytes += rune.Utf8SequenceLength;
            text = text[used..];
        }

        return bytes;
    }
}
