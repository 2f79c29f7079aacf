using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Takes the text out of a written line, by a JSON reader that knows nothing of how it was written.</summary>
internal static class WrittenText
{
    public static ulong HashOf(ReadOnlySpan<byte> line, string form, int prefixBytes, TextIdentity identity, ref byte[] scratch)
    {
        if (scratch.Length < line.Length)
        {
            scratch = new byte[line.Length * 2];
        }

        bool isRows = form == DatasetFiles.RowsForm;
        bool isChat = form.StartsWith("chat", StringComparison.Ordinal);
        ReadOnlySpan<byte> wanted = isRows ? "text"u8 : isChat ? "content"u8 : "prompt"u8;
        var reader = new Utf8JsonReader(line);
        bool user = !isChat;
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName)
            {
                continue;
            }

            if (isChat && reader.ValueTextEquals("role"u8))
            {
                reader.Read();
                user = reader.ValueTextEquals("user"u8);
            }
            else if (user && reader.ValueTextEquals(wanted))
            {
                reader.Read();
                ReadOnlySpan<byte> text = scratch.AsSpan(0, reader.CopyString(scratch));
                return identity.Hash(isRows || isChat ? text : Inner(text, prefixBytes)).High;
            }
        }

        return 0;
    }

    /// <summary>Bytes that a form puts before the text of a prompt.</summary>
    public static int PrefixBytes(TrainingForm form) =>
        form.Family == ModelFamily.Completion ? Encoding.UTF8.GetByteCount(form.Prompt("")) - EndingBytes : 0;

    private static int EndingBytes => Encoding.UTF8.GetByteCount(TrainingForm.PromptEnding);

    private static ReadOnlySpan<byte> Inner(ReadOnlySpan<byte> prompt, int prefixBytes) => prompt[prefixBytes..^EndingBytes];
}
