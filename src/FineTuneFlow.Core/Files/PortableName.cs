using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;

namespace FineTuneFlow.Core.Files;

/// <summary>Names of ours as names of files, reversibly, on every file system: what some of them treat otherwise (capitals,
/// Unicode forms, characters and device names of Windows, dots and blanks at the ends) is written as <c>%XX</c>, the bytes of its
/// UTF-8. Ordinary names are their own file names, and a file that a person put there is read by the name that it has.</summary>
/// <param name="foldsCase">Whether the file system takes "June.csv" and "june.csv" for one file: capitals are escaped there.</param>
public sealed class PortableName(bool foldsCase)
{
    private static readonly string[] Devices = ["con", "prn", "aux", "nul", "conin$", "conout$", "clock$"];

    /// <summary>The file name of one segment of a name, without separators in it.</summary>
    public string Encode(string segment)
    {
        bool composed = IsComposed(segment);
        var encoded = new StringBuilder(segment.Length);
        int last = segment.Length - 1;
        for (int i = 0; i <= last; i++)
        {
            char c = segment[i];
            bool pair = char.IsHighSurrogate(c) && i < last && char.IsLowSurrogate(segment[i + 1]);
            if (char.IsSurrogate(c) && !pair)
            {
                encoded.Append($"%u{(int)c:X4}");
                continue;
            }

            Rune rune = pair ? new Rune(c, segment[i + 1]) : new Rune(c);
            bool first = i == 0;
            i += pair ? 1 : 0;
            if (IsPlain(rune, composed) && !(first && (c == '.' || IsDevice(segment))) && !(i == last && c is '.' or ' '))
            {
                encoded.Append(rune.ToString());
            }
            else
            {
                Escape(rune, encoded);
            }
        }

        return encoded.ToString();
    }

    /// <summary>The segment that a file name stands for; null for one that stands for none, such as ".DS_Store".</summary>
    public static string? Decode(string fileName)
    {
        // Bytes that are no UTF-8 are read as U+FFFD, by which the file could not be opened again.
        if (fileName.Length == 0 || fileName[0] == '.' || fileName.Contains('\uFFFD', StringComparison.Ordinal))
        {
            return null;
        }

        // What is not an escape of ours is a name that a person gave, per cent signs included.
        return fileName.Contains('%', StringComparison.Ordinal) && Unescape(fileName) is { } segment && IsOurs(segment, fileName)
            ? segment
            : Composed(fileName);
    }

    /// <summary>Whether a segment could lie on the disk under another file name than its own, put there by a person or written on
    /// another file system.</summary>
    public bool MayBeOtherwise(string segment) =>
        segment.Any(c => !char.IsAscii(c) || c == '%' || (foldsCase && char.IsAsciiLetterUpper(c))) || Encode(segment) != segment;

    private static bool IsOurs(string segment, string fileName) =>
        new PortableName(false).Encode(segment) == fileName || new PortableName(true).Encode(segment) == fileName;

    private bool IsPlain(Rune rune, bool composed)
    {
        int value = rune.Value;
        if (value < 0x80)
        {
            return value is > 0x1F and not 0x7F && !"%<>:\"|?*\\/".Contains((char)value, StringComparison.Ordinal)
                && !(foldsCase && char.IsAsciiLetterUpper((char)value));
        }

        return composed && !Rune.IsControl(rune) && rune != Rune.ReplacementChar && !(foldsCase && Folds(rune));
    }

    /// <summary>Whether another character is the same one without regard to case.</summary>
    private static bool Folds(Rune rune) =>
        Rune.ToLowerInvariant(rune) != rune || Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)) != rune;

    private static bool IsDevice(string segment)
    {
        string stem = segment.Split('.')[0].TrimEnd(' ').ToLowerInvariant();
        return Devices.Contains(stem)
            || (stem.Length == 4 && (stem.StartsWith("com", StringComparison.Ordinal) || stem.StartsWith("lpt", StringComparison.Ordinal))
                && "0123456789¹²³".Contains(stem[3], StringComparison.Ordinal));
    }

    private static void Escape(Rune rune, StringBuilder target)
    {
        Span<byte> utf8 = stackalloc byte[4];
        foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
        {
            target.Append($"%{b:X2}");
        }
    }

    /// <summary>Null where an escape is none of ours.</summary>
    private static string? Unescape(string fileName)
    {
        var text = new StringBuilder(fileName.Length);
        var bytes = new List<byte>();
        for (int i = 0; i < fileName.Length; i++)
        {
            if (fileName[i] == '%' && Hex(fileName, i + 1, 2) is { } value)
            {
                bytes.Add((byte)value);
                i += 2;
                continue;
            }

            text.Append(Encoding.UTF8.GetString([.. bytes]));
            bytes.Clear();
            if (fileName[i] != '%')
            {
                text.Append(fileName[i]);
            }
            else if (i + 1 < fileName.Length && fileName[i + 1] == 'u' && Hex(fileName, i + 2, 4) is { } surrogate)
            {
                text.Append((char)surrogate);
                i += 5;
            }
            else
            {
                return null;
            }
        }

        return text.Append(Encoding.UTF8.GetString([.. bytes])).ToString();
    }

    private static int? Hex(string text, int start, int digits) =>
        start + digits <= text.Length
        && int.TryParse(text.AsSpan(start, digits), System.Globalization.NumberStyles.AllowHexSpecifier, null, out int value) ? value : null;

    private static bool IsComposed(string text) => !HasLoneSurrogate(text) && Composed(text) == text;

    private static string Composed(string text) =>
        text.All(char.IsAscii) || HasLoneSurrogate(text) ? text : Encoding.UTF8.GetString(Composition.ToNfc(Encoding.UTF8.GetBytes(text)));

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return true;
            }
        }

        return false;
    }
}
