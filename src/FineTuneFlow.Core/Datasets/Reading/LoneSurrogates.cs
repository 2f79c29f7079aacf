using System.Globalization;
using System.Text;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Undoes the escapes of a JSON string in which half a surrogate pair stands (<c>"\ud83d"</c>); each half becomes U+FFFD, the
/// character for what was lost, and is counted as such.</summary>
internal static class LoneSurrogates
{
    /// <param name="escaped">The string between its quotes, known to be well-formed JSON.</param>
    /// <param name="target">At least as long.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target)
    {
        var text = new StringBuilder(escaped.Length);
        while (!escaped.IsEmpty)
        {
            int slash = escaped.IndexOf((byte)'\\');
            ReadOnlySpan<byte> plain = slash < 0 ? escaped : escaped[..slash];
            text.Append(Encoding.UTF8.GetString(plain));
            escaped = escaped[plain.Length..];
            if (escaped.IsEmpty)
            {
                break;
            }

            bool unicode = escaped[1] == 'u';
            text.Append(unicode ? (char)int.Parse(escaped.Slice(2, 4), NumberStyles.HexNumber, CultureInfo.InvariantCulture) : Plain(escaped[1]));
            escaped = escaped[(unicode ? 6 : 2)..];
        }

        // The encoder replaces what is not a character.
        return Encoding.UTF8.GetBytes(text.ToString(), target);
    }

    private static char Plain(byte escape) => escape switch
    {
        (byte)'b' => '\b',
        (byte)'f' => '\f',
        (byte)'n' => '\n',
        (byte)'r' => '\r',
        (byte)'t' => '\t',
        _ => (char)escape,
    };
}
