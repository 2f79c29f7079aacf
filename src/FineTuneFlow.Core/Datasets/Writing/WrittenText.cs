using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Takes the text out of a written line by walking its JSON: it knows the property that holds the text, and nothing of how
/// the line was put together.</summary>
internal static class WrittenText
{
    public static ulong HashOf(ReadOnlySpan<byte> line, string form, int prefixBytes, TextIdentity identity, ref byte[] scratch)
    {
        bool isRows = form == DatasetFiles.RowsForm;
        bool isChat = !isRows && form.StartsWith("chat", StringComparison.Ordinal);
        ReadOnlySpan<byte> wanted = isRows ? "text"u8 : isChat ? "content"u8 : "prompt"u8;
        bool user = !isChat;
        bool role = false;
        int at = 0;
        while (NextString(line, ref at, out ReadOnlySpan<byte> text))
        {
            if (at < line.Length && line[at] == ':')
            {
                if (user && text.SequenceEqual(wanted))
                {
                    ReadOnlySpan<byte> plain = NextUnescaped(line[at..], ref scratch);
                    return identity.Hash(isRows || isChat ? plain : plain[prefixBytes..^EndingBytes]).High;
                }

                role = isChat && text.SequenceEqual("role"u8);
            }
            else if (role)
            {
                user = text.SequenceEqual("user"u8);
                role = false;
            }
        }

        return 0;
    }

    /// <summary>Bytes that a form puts before the text of a prompt.</summary>
    public static int PrefixBytes(TrainingForm form) =>
        form.Family == ModelFamily.Completion ? Encoding.UTF8.GetByteCount(form.Prompt("")) - EndingBytes : 0;

    private static int EndingBytes => Encoding.UTF8.GetByteCount(TrainingForm.PromptEnding);

    /// <summary>The next string of the line without its quotes, still escaped.</summary>
    private static bool NextString(ReadOnlySpan<byte> line, ref int at, out ReadOnlySpan<byte> text)
    {
        text = default;
        int open = line[at..].IndexOf((byte)'"');
        if (open < 0)
        {
            return false;
        }

        int start = at + open + 1;
        int end = start;
        while (true)
        {
            end += AsciiText.FirstEscaped(line[end..]);
            if (end >= line.Length)
            {
                return false;
            }

            if (line[end] == '"')
            {
                text = line[start..end];
                at = end + 1;
                return true;
            }

            end += line[end] == '\\' ? 2 : 1;
        }
    }

    /// <summary>The next string of the line as it reads; what there is of it where it is not closed.</summary>
    private static ReadOnlySpan<byte> NextUnescaped(ReadOnlySpan<byte> line, ref byte[] scratch)
    {
        line = line[(line.IndexOf((byte)'"') + 1)..];
        if (scratch.Length < line.Length)
        {
            scratch = new byte[line.Length * 2];
        }

        return scratch.AsSpan(0, JsonText.Unescape(line, scratch));
    }
}
