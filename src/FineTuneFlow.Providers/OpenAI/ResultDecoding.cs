using System.Buffers.Text;
using System.Text;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Result files come plain or, from some services, base64-encoded: the plain table begins with <c>step,</c>.</summary>
internal static class ResultDecoding
{
    public static byte[] Decode(ReadOnlyMemory<byte> content)
    {
        ReadOnlySpan<byte> text = content.Span;
        text = text.StartsWith(Encoding.UTF8.Preamble) ? text[Encoding.UTF8.Preamble.Length..] : text;
        if (!IsTable(text) && Base64.IsValid(text.TrimEnd("\r\n "u8)))
        {
            byte[] decoded = Convert.FromBase64String(Encoding.ASCII.GetString(text));
            ReadOnlySpan<byte> plain = decoded.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? decoded.AsSpan(Encoding.UTF8.Preamble.Length) : decoded;
            if (IsTable(plain))
            {
                return plain.ToArray();
            }
        }

        return text.ToArray();
    }

    private static bool IsTable(ReadOnlySpan<byte> text) => text.StartsWith("step,"u8);
}
