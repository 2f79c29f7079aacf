using System.Text;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>The words of one text, reused from text to text.</summary>
internal sealed class WordBuffer
{
    private char[] characters = new char[1024];
    private int[] ends = new int[256];
    private int length;

    /// <summary>How many words there are.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int word] => characters.AsSpan((word == 0 ? 0 : ends[word - 1])..ends[word]);

    public void Clear()
    {
        length = 0;
        Count = 0;
    }

    public void Add(char character)
    {
        Reserve(1);
        characters[length++] = character;
    }

    public void Add(int codePoint)
    {
        Reserve(2);
        length += new Rune(codePoint).EncodeToUtf16(characters.AsSpan(length));
    }

    /// <summary>Ends the word under way; an empty one is none.</summary>
    public void EndWord()
    {
        if (length == (Count == 0 ? 0 : ends[Count - 1]))
        {
            return;
        }

        if (Count == ends.Length)
        {
            Array.Resize(ref ends, Count * 2);
        }

        ends[Count++] = length;
    }

    private void Reserve(int more)
    {
        if (length + more > characters.Length)
        {
            Array.Resize(ref characters, characters.Length * 2);
        }
    }
}
