using System.Text;

namespace FineTuneFlow.Encoders.Tokenization;

/// <summary>Normalises a text and cuts it into words as Hugging Face's BertNormalizer and BertPreTokenizer do: cleaning, blanks
/// around Chinese characters, stripping of accents, lower case, then a cut at white space and around punctuation.</summary>
internal sealed class WordCutter(TokenizerOptions options)
{
    private readonly CharacterTables _tables = CharacterTables.Instance;

    /// <summary>Writes the words one behind the other.</summary>
    /// <param name="text">A raw text; halves of surrogate pairs that stand alone are dropped.</param>
    /// <param name="words">Receives the characters of all words and where each one ends.</param>
    public void Cut(ReadOnlySpan<char> text, WordBuffer words)
    {
        words.Clear();
        for (int i = 0; i < text.Length;)
        {
            char c = text[i];
            if (char.IsAscii(c))
            {
                Ascii(c, words);
                i++;
                continue;
            }

            _ = Rune.DecodeFromUtf16(text[i..], out Rune rune, out int length);
            i += length;
            Any(rune.Value, words);
        }

        words.EndWord();
    }

    private void Ascii(char c, WordBuffer words)
    {
        CharacterTraits traits = _tables[c];
        if ((traits & (CharacterTraits.Removed | CharacterTraits.Space | CharacterTraits.Punctuation)) == 0)
        {
            words.Add(options.Lowercase && c is >= 'A' and <= 'Z' ? (char)(c | 0x20) : c);
        }
        else
        {
            Place(c, traits, words);
        }
    }

    private void Any(int point, WordBuffer words)
    {
        CharacterTraits traits = _tables[point];
        if ((traits & (CharacterTraits.Removed | CharacterTraits.Space)) != 0)
        {
            Place(point, traits, words);
            return;
        }

        bool alone = options.SplitIdeographs && (traits & CharacterTraits.Ideograph) != 0;
        if (alone)
        {
            words.EndWord();
        }

        if (options.StripAccents && (traits & CharacterTraits.Stripped) != 0)
        {
            foreach (Rune part in _tables.Strip(point).EnumerateRunes())
            {
                Lowered(part.Value, words);
            }
        }
        else
        {
            Lowered(point, words);
        }

        if (alone)
        {
            words.EndWord();
        }
    }

    private void Lowered(int point, WordBuffer words)
    {
        if (options.Lowercase && (_tables[point] & CharacterTraits.Lowered) != 0)
        {
            foreach (Rune part in _tables.Lower(point).EnumerateRunes())
            {
                Place(part.Value, _tables[part.Value], words);
            }
        }
        else
        {
            Place(point, _tables[point], words);
        }
    }

    private static void Place(int point, CharacterTraits traits, WordBuffer words)
    {
        if ((traits & CharacterTraits.Removed) != 0)
        {
            return;
        }

        if ((traits & CharacterTraits.Space) != 0)
        {
            words.EndWord();
        }
        else if ((traits & CharacterTraits.Punctuation) != 0)
        {
            words.EndWord();
            words.Add(point);
            words.EndWord();
        }
        else
        {
            words.Add(point);
        }
    }
}
