using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Against a byte at a time, for every length around a vector's and every place of a byte that counts.</summary>
public sealed class AsciiTextTests
{
    [Fact]
    public void Vectors_find_what_single_steps_find()
    {
        foreach (byte[] text in Around("\" \\\n\u0001\u007fé"))
        {
            AsciiText.FirstEscaped(text).ShouldBe(First(text, i => text[i] is < 0x20 or (byte)'"' or (byte)'\\'));
            AsciiText.FirstWide(text).ShouldBe(First(text, i => text[i] >= 0x80));
            AsciiText.FirstNotPlain(text).ShouldBe(First(
                text, i => text[i] is < 0x20 or > 0x7E || (text[i] == ' ' && i + 1 < text.Length && text[i + 1] == ' ')));
        }
    }

    [Fact]
    public void Capitals_are_lowered_up_to_the_first_line_feed_or_wide_byte()
    {
        foreach (byte[] text in Around("\nZ@[é"))
        {
            byte[] target = new byte[text.Length + 32];

            int copied = AsciiText.LowerTo(text, target);

            copied.ShouldBe(First(text, i => text[i] is (byte)'\n' or >= 0x80));
            target[..copied].ShouldBe(text[..copied].Select(b => b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b + 32) : b));
        }
    }

    private static IEnumerable<byte[]> Around(string special)
    {
        byte[] bytes = System.Text.Encoding.UTF8.GetBytes(special);
        for (int length = 0; length < 52; length++)
        {
            byte[] plain = [.. Enumerable.Range(0, length).Select(i => (byte)("Abc XyZ-"[i % 8]))];
            yield return plain;
            for (int at = 0; at < length; at++)
            {
                foreach (byte b in bytes)
                {
                    byte[] text = [.. plain];
                    text[at] = b;
                    yield return text;
                }
            }
        }
    }

    private static int First(byte[] text, Func<int, bool> stops)
    {
        int i = 0;
        while (i < text.Length && !stops(i))
        {
            i++;
        }

        return i;
    }
}
