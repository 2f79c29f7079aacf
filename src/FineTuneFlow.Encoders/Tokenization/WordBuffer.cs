using System.Text;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>The words of one text, reused from text to text.</summary>
internal sealed class WordBuffer
{
    private char[] _characters = new char[1024];
    private int[] _ends = new int[256];
    private int _length;

    /// <summary>How many words there are.</summary>
    public int Count { get; private set; }

    public ReadOnlySpan<char> this[int word] => _characters.AsSpan((word == 0 ? 0 : _ends[word - 1]).._ends[word]);

    public void Clear()
    {
        _length = 0;
        Count = 0;
    }

    public void Add(char character)
    {
        Reserve(1);
        _characters[_length++] = character;
    }

    public void Add(int codePoint)
    {
        Reserve(2);
        _length += new Rune(codePoint).EncodeToUtf16(_characters.AsSpan(_length));
    }

    /// <summary>Ends the word under way; an empty one is none.</summary>
    public void EndWord()
    {
        if (_length == (Count == 0 ? 0 : _ends[Count - 1]))
        {
            return;
        }

        if (Count == _ends.Length)
        {
            Array.Resize(ref _ends, Count * 2);
        }

        _ends[Count++] = _length;
    }

    private void Reserve(int more)
    {
        if (_length + more > _characters.Length)
        {
            Array.Resize(ref _characters, _characters.Length * 2);
        }
    }
}
