using System.Buffers;
using System.Net;
using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Cleaning;

/// <summary>Cleans one text at a time; each thread has its own. Cleaning a cleaned text changes nothing.</summary>
internal sealed class TextCleaner(CleaningRecipe recipe)
{
    private const int LongestEntity = 10;
    private static readonly SearchValues<byte> EntityDigits = SearchValues.Create("xX0123456789abcdefABCDEF"u8);
    private static readonly HashSet<string> Entities =
        ["amp", "lt", "gt", "quot", "apos", "nbsp", "hellip", "rsquo", "lsquo", "rdquo", "ldquo", "ndash", "mdash", "eacute", "egrave", "uuml", "ouml", "auml", "szlig", "euro", "pound", "copy", "deg"];

    private readonly int[] _scripts = new int[TokenCount.ScriptCount];
    private byte[] _buffer = new byte[4096];

    public TextFacts Facts { get; private set; }
    /// <summary>Unicode characters of the cleaned text.</summary>
    public int Characters { get; private set; }
    public int Tokens { get; private set; }
    public Script Script { get; private set; }

    /// <summary>The cleaned text, valid until the next call; well-formed UTF-8 in, well-formed UTF-8 in NFC out.</summary>
    public ReadOnlySpan<byte> Clean(ReadOnlySpan<byte> raw)
    {
        Facts = TextFacts.None;
        if (recipe.HtmlEntities && raw.Contains((byte)'&'))
        {
            raw = Encoding.UTF8.GetBytes(WebUtility.HtmlDecode(Encoding.UTF8.GetString(raw)));
        }

        else if (raw.Contains((byte)'&') && HasEntity(raw))
        {
            Facts |= TextFacts.HtmlEntity;
        }

        raw = raw.Trim((byte)' ');
        bool ascii = true;
        if (!IsPlain(raw))
        {
            raw = Rewrite(raw, out ascii, out bool needsComposition);
            if (needsComposition)
            {
                raw = Composition.ToNfc(raw);
            }
        }

        if (raw.IndexOf("<|"u8) >= 0)
        {
            raw = SpecialTokenText.Escape(raw, out bool found);
            Facts |= found ? TextFacts.SpecialToken : 0;
        }

        Measure(raw, ascii);
        return Limit(raw, ascii);
    }

    /// <summary>Whether a character stands in a text as HTML writes it, such as &amp;amp; or &amp;#39;.</summary>
    private static bool HasEntity(ReadOnlySpan<byte> text)
    {
        for (int at = text.IndexOf((byte)'&'); at >= 0;)
        {
            ReadOnlySpan<byte> name = text[(at + 1)..];
            int end = name[..Math.Min(name.Length, LongestEntity)].IndexOf((byte)';');
            if (end > 1 && (name[0] == '#' ? name[1..end].IndexOfAnyExcept(EntityDigits) < 0 : Entities.Contains(Encoding.ASCII.GetString(name[..end]))))
            {
                return true;
            }

            int next = name.IndexOf((byte)'&');
            at = next < 0 ? -1 : at + 1 + next;
        }

        return false;
    }

    /// <summary>Visible ASCII, single spaces, at most two line feeds together and no space beside them: most texts are so
    /// already, and then nothing is copied.</summary>
    private static bool IsPlain(ReadOnlySpan<byte> text)
    {
        int at = AsciiText.FirstNotPlain(text);
        while (at < text.Length)
        {
            int end = at;
            while (end < text.Length && text[end] == '\n')
            {
                end++;
            }

            if (at == 0 || end == at || end == text.Length || end - at > 2 || text[at - 1] == ' ' || text[end] == ' ')
            {
                return false;
            }

            at = end + AsciiText.FirstNotPlain(text[end..]);
        }

        return true;
    }

    private ReadOnlySpan<byte> Rewrite(ReadOnlySpan<byte> text, out bool ascii, out bool needsComposition)
    {
        if (_buffer.Length < text.Length)
        {
            _buffer = new byte[text.Length * 2];
        }

        Span<byte> target = _buffer;
        ascii = true;
        needsComposition = false;
        int written = 0;
        bool space = false;
        int breaks = 0;
        for (int i = 0; i < text.Length;)
        {
            byte b = text[i];
            CharacterClass kind;
            int length = 1;
            if (b is > 0x20 and < 0x7F)
            {
                // A run of words at once, without a space at its end.
                kind = CharacterClass.Keep;
                length = AsciiText.FirstNotPlain(text[i..]);
                length -= text[i + length - 1] == ' ' ? 1 : 0;
            }
            else if (b < 0x80)
            {
                kind = b switch
                {
                    (byte)' ' or (byte)'\t' or 0x0B or 0x0C => CharacterClass.Space,
                    (byte)'\n' or (byte)'\r' => CharacterClass.LineBreak,
                    < 0x20 or 0x7F => CharacterClass.Drop,
                    _ => CharacterClass.Keep,
                };
                if (b == '\r' && i + 1 < text.Length && text[i + 1] == '\n')
                {
                    length = 2;
                }

                if (kind == CharacterClass.Drop)
                {
                    Facts |= b == 0 ? TextFacts.Nul | TextFacts.ControlCharacters : TextFacts.ControlCharacters;
                }
            }
            else
            {
                kind = Wide(text[i..], out length, ref needsComposition);
                ascii &= kind != CharacterClass.Keep;
            }

            if (kind == CharacterClass.Keep)
            {
                if (written > 0 && breaks > 0)
                {
                    target[written++] = (byte)'\n';
                    if (breaks > 1)
                    {
                        target[written++] = (byte)'\n';
                    }
                }
                else if (written > 0 && space)
                {
                    target[written++] = (byte)' ';
                }

                breaks = 0;
                space = false;
                text.Slice(i, length).CopyTo(target[written..]);
                written += length;
            }
            else if (kind == CharacterClass.LineBreak)
            {
                breaks++;
            }
            else if (kind == CharacterClass.Space)
            {
                space = true;
            }

            i += length;
        }

        return target[..written];
    }

    private CharacterClass Wide(ReadOnlySpan<byte> text, out int length, ref bool needsComposition)
    {
        Rune.DecodeFromUtf8(text, out Rune rune, out length);
        CharacterClass kind = CharacterClasses.Of(rune);
        if (rune.Value is >= 0xC2 and <= 0xF4 && Misread.StartsWithOne(rune.Value, text[length..]))
        {
            Facts |= TextFacts.ReadTwice;
        }

        if (kind == CharacterClass.Drop)
        {
            Facts |= rune.Value < 0xA0 ? TextFacts.ControlCharacters : TextFacts.ZeroWidth;
        }
        else if (rune.Value >= 0x300 && kind == CharacterClass.Keep)
        {
            needsComposition |= Composition.MayChange(rune.Value);
            Facts |= rune.Value == 0xFFFD ? TextFacts.ReplacementCharacter : 0;
        }

        return kind;
    }

    private void Measure(ReadOnlySpan<byte> text, bool ascii)
    {
        if (ascii)
        {
            Characters = text.Length;
            Tokens = TokenCount.LikelyLatin(text.Length);
            Script = Script.Latin;
            return;
        }

        Array.Clear(_scripts);
        Characters = 0;
        while (!text.IsEmpty)
        {
            int narrow = AsciiText.FirstWide(text);
            _scripts[0] += narrow;
            Characters += narrow;
            text = text[narrow..];
            while (!text.IsEmpty && text[0] >= 0x80)
            {
                Rune.DecodeFromUtf8(text, out Rune rune, out int length);
                _scripts[(int)TokenRates.Of(rune)]++;
                Characters++;
                text = text[length..];
            }
        }

        Tokens = TokenCount.Likely(_scripts);
        // Spaces, digits and punctuation count as Latin, so another script is the main one from a third on.
        int best = 0;
        for (int s = (int)Script.Greek; s < _scripts.Length; s++)
        {
            best = s != (int)Script.Digits && _scripts[s] * 3 >= Characters && (best == 0 || _scripts[s] > _scripts[best]) ? s : best;
        }

        Script = (Script)best;
    }

    private ReadOnlySpan<byte> Limit(ReadOnlySpan<byte> text, bool ascii)
    {
        int limit = recipe.MaxCharacters;
        if (recipe.MaxTokens is { } tokens && Tokens > tokens)
        {
            limit = Math.Min(limit, (int)((long)Characters * tokens / Tokens));
        }

        if (Characters <= limit)
        {
            Facts |= text.EndsWith("..."u8) || text.EndsWith("…"u8) ? TextFacts.EndsInEllipsis : 0;
            return text;
        }

        if (recipe.TooLong == TooLong.Reject)
        {
            Facts |= TextFacts.TooLong;
            return text;
        }

        Facts |= TextFacts.Truncated;
        int end = 0;
        for (int characters = 0; characters < limit; characters++)
        {
            end++;
            while (end < text.Length && (text[end] & 0xC0) == 0x80)
            {
                end++;
            }
        }

        ReadOnlySpan<byte> cut = text[..end].TrimEnd(" \n"u8);
        Measure(cut, ascii);
        return cut;
    }
}
