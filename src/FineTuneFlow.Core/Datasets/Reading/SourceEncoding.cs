using System.Text;
using System.Text.Unicode;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>The encodings that drops come in, told from their first bytes.</summary>
internal enum SourceEncoding { Utf8, Utf16LittleEndian, Utf16BigEndian, Latin1 }

internal static class SourceEncodings
{
    public static string NameOf(SourceEncoding encoding) => encoding switch
    {
        SourceEncoding.Utf8 => "utf-8",
        SourceEncoding.Latin1 => "latin-1",
        _ => "utf-16",
    };

    /// <param name="head">The first bytes of the (uncompressed) file.</param>
    /// <param name="asked">The recipe's choice; null: detect.</param>
    /// <param name="markBytes">Length of the byte order mark to skip.</param>
    public static SourceEncoding Detect(ReadOnlySpan<byte> head, string? asked, out int markBytes)
    {
        SourceEncoding? marked = Marked(head, out markBytes);
        SourceEncoding? wanted = asked?.ToLowerInvariant() switch
        {
            null => null,
            "utf-8" or "utf8" => SourceEncoding.Utf8,
            "utf-16" or "utf16" => marked is SourceEncoding.Utf16BigEndian || Zeros(head, 0) > Zeros(head, 1)
                ? SourceEncoding.Utf16BigEndian
                : SourceEncoding.Utf16LittleEndian,
            "latin-1" or "latin1" or "iso-8859-1" or "windows-1252" => SourceEncoding.Latin1,
            _ => throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the encoding \"{asked}\" is not known",
                "Use utf-8, utf-16 or latin-1, or leave it out to have it detected",
                Field: "dataset.csv.encoding")),
        };
        if (wanted is { } chosen)
        {
            markBytes = marked == chosen ? markBytes : 0;
            return chosen;
        }

        if (marked is { } known)
        {
            return known;
        }

        if (head.Length >= 4 && Zeros(head, 1) > head.Length / 5 && Zeros(head, 0) < head.Length / 50)
        {
            return SourceEncoding.Utf16LittleEndian;
        }

        if (head.Length >= 4 && Zeros(head, 0) > head.Length / 5 && Zeros(head, 1) < head.Length / 50)
        {
            return SourceEncoding.Utf16BigEndian;
        }

        return LooksLatin1(head) ? SourceEncoding.Latin1 : SourceEncoding.Utf8;
    }

    public static Stream ToUtf8(Stream source, SourceEncoding encoding) => encoding switch
    {
        SourceEncoding.Utf8 => source,
        SourceEncoding.Latin1 => new Windows1252Stream(source),
        SourceEncoding.Utf16BigEndian => Encoding.CreateTranscodingStream(source, Encoding.BigEndianUnicode, Encoding.UTF8),
        _ => Encoding.CreateTranscodingStream(source, Encoding.Unicode, Encoding.UTF8),
    };

    private static SourceEncoding? Marked(ReadOnlySpan<byte> head, out int markBytes)
    {
        markBytes = head is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0;
        if (markBytes == 3)
        {
            return SourceEncoding.Utf8;
        }

        if (head is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            markBytes = 2;
            return head[0] == 0xFF ? SourceEncoding.Utf16LittleEndian : SourceEncoding.Utf16BigEndian;
        }

        return null;
    }

    private static int Zeros(ReadOnlySpan<byte> head, int parity)
    {
        int zeros = 0;
        for (int i = parity; i < head.Length; i += 2)
        {
            zeros += head[i] == 0 ? 1 : 0;
        }

        return zeros;
    }

    /// <summary>Bytes above 127 that are not UTF-8, and no well-formed UTF-8 character among them: a few damaged rows in a
    /// UTF-8 file do not make it Latin-1.</summary>
    private static bool LooksLatin1(ReadOnlySpan<byte> head)
    {
        int broken = 0;
        int good = 0;
        while (!head.IsEmpty)
        {
            int first = head.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
            if (first < 0)
            {
                break;
            }

            head = head[first..];
            var status = Rune.DecodeFromUtf8(head, out _, out int used);
            if (status == System.Buffers.OperationStatus.NeedMoreData)
            {
                break;
            }

            _ = status == System.Buffers.OperationStatus.Done ? good++ : broken++;
            head = head[used..];
        }

        return broken > 0 && good <= broken / 8;
    }

    public static bool IsValid(ReadOnlySpan<byte> bytes) => Utf8.IsValid(bytes);
}
