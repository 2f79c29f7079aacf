using System.Buffers;
using System.Text;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Tells the encoding of a drop from its first bytes.</summary>
internal static class SourceEncodings
{
    /// <param name="head">The first bytes of the (uncompressed) file.</param>
    /// <param name="asked">The recipe's choice; null: detect.</param>
    /// <param name="markBytes">Length of the byte order mark to skip.</param>
    public static SourceEncoding Detect(ReadOnlySpan<byte> head, string? asked, out int markBytes)
    {
        SourceEncoding? marked = Marked(head, out markBytes);
        if (asked is not null)
        {
            SourceEncoding chosen = Named(asked, head, marked);
            markBytes = marked == chosen ? markBytes : 0;
            return chosen;
        }

        if (marked is { } known)
        {
            return known;
        }

        if (Zeros(head, 1) > head.Length / 5 && Zeros(head, 0) < head.Length / 50)
        {
            return SourceEncoding.Utf16LittleEndian;
        }

        if (Zeros(head, 0) > head.Length / 5 && Zeros(head, 1) < head.Length / 50)
        {
            return SourceEncoding.Utf16BigEndian;
        }

        return IsOther(head) ? EncodingGuess.Of(head) : SourceEncoding.Utf8;
    }

    private static SourceEncoding Named(string asked, ReadOnlySpan<byte> head, SourceEncoding? marked) => asked.ToLowerInvariant() switch
    {
        "utf-8" or "utf8" or "utf-8-sig" or "utf_8" => SourceEncoding.Utf8,
        "utf-16" or "utf16" => marked == SourceEncoding.Utf16BigEndian || Zeros(head, 0) > Zeros(head, 1)
            ? SourceEncoding.Utf16BigEndian
            : SourceEncoding.Utf16LittleEndian,
        "latin-1" or "latin1" or "iso-8859-1" or "windows-1252" or "cp1252" => SourceEncoding.Latin1,
        var name => CodePages.Find(name) is { } decoder
            ? new SourceEncoding(name, decoder)
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the encoding \"{asked}\" is not known",
                "Use utf-8, utf-16, latin-1, windows-1251, gb18030, big5, shift_jis, euc-kr, macintosh or another name that .NET knows, or leave it out to have it detected",
                Field: "dataset.csv.encoding")),
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

    /// <summary>Bytes above 127 that are not UTF-8, and not many more well-formed UTF-8 characters among them, which pairs of other
    /// encodings look like by chance: a few damaged rows in a UTF-8 file do not make it another encoding.</summary>
    private static bool IsOther(ReadOnlySpan<byte> head)
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
            OperationStatus status = Rune.DecodeFromUtf8(head, out _, out int used);
            if (status == OperationStatus.NeedMoreData)
            {
                break;
            }

            _ = status == OperationStatus.Done ? good++ : broken++;
            head = head[used..];
        }

        return IsOther(broken, good);
    }

    /// <param name="broken">Characters, or rows, that are not UTF-8.</param>
    /// <param name="good">Characters, or rows, that are well-formed UTF-8 beyond ASCII.</param>
    public static bool IsOther(long broken, long good) => broken > 0 && good <= broken * 2;
}
