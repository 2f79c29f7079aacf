using System.Globalization;
using System.Text;
using System.Text.Json;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Undoes the escapes of a JSON string in which half a surrogate pair stands (<c>"\ud83d"</c>); each half becomes U+FFFD, the
/// character for what was lost, and is counted as such.</summary>
internal static class LoneSurrogates
{
    /// <param name="escaped">The string between its quotes, known to be well-formed JSON.</param>
    /// <param name="target">At least as long.</param>
    /// <returns>Bytes written.</returns>
    public static int Unescape(ReadOnlySpan<byte> escaped, Span<byte> target) =>
        // The encoder replaces what is not a character.
        Encoding.UTF8.GetBytes(Decoded(escaped), target);

    /// <summary>The text of a JSON string or name, whether halves of pairs stand in it or not.</summary>
    public static string Text(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Whole(reader.ValueSpan);
        }
    }

    /// <inheritdoc cref="Text(ref Utf8JsonReader)"/>
    public static string Text(JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return Whole(Encoding.UTF8.GetBytes(value.GetRawText()).AsSpan()[1..^1]);
        }
    }

    private static string Whole(ReadOnlySpan<byte> escaped) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(Decoded(escaped)));

    private static string Decoded(ReadOnlySpan<byte> escaped)
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

        return text.ToString();
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
