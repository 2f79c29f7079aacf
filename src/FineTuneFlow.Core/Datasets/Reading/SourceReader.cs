using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Streams;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Opens a drop and gives its bytes as UTF-8 without a byte order mark, whatever it was packed and encoded in.</summary>
internal sealed class SourceReader : IDisposable
{
    /// <summary>Bytes looked at to tell encoding, delimiter and columns.</summary>
    public const int HeadBytes = 1 << 20;

    private readonly HashingReadStream _counted;
    private readonly Stream _utf8;
    private readonly byte[] _head;
    private WholeGzipStream? _gzip;
    private int _headStart;
    private readonly int _headEnd;

    public SourceReader(string name, Func<Stream> open, CsvRecipe recipe)
    {
        Name = name;
        _counted = new HashingReadStream(open());
        var (start, packed) = Unpack(_counted);
        Compressed = start.Compressed;
        byte[] rawHead = new byte[HeadBytes];
        int rawLength = Fill(packed, rawHead, start.Head);
        Encoding = SourceEncodings.Detect(rawHead.AsSpan(0, rawLength), recipe.Encoding, out int mark);
        HasByteOrderMark = mark > 0;
        var rest = new PrefixedStream(rawHead.AsMemory(mark, rawLength - mark), packed);
        _utf8 = Encoding.ToUtf8(rest);
        if (Encoding.Decoder is null)
        {
            _utf8 = packed;
            _head = rawHead;
            _headStart = mark;
            _headEnd = rawLength;
        }
        else
        {
            _head = new byte[HeadBytes];
            _headEnd = Fill(_utf8, _head, []);
        }

        IsJsonLines = StartsObject(Head);
    }

    public string Name { get; }
    public bool Compressed { get; }
    public SourceEncoding Encoding { get; }
    public bool HasByteOrderMark { get; }
    public bool IsJsonLines { get; }
    /// <summary>Bytes after unpacking; 0 for a file that is not packed.</summary>
    public long Unpacked => _gzip?.Count ?? 0;
    public long BytesRead => _counted.Count;

    /// <summary>The first decoded bytes, still to be read as well.</summary>
    public ReadOnlySpan<byte> Head => _head.AsSpan(_headStart, _headEnd - _headStart);

    /// <summary>Bytes of the decoded head, read or not.</summary>
    public int HeadLength => _headEnd;

    /// <summary>Whether <see cref="Head"/> is the whole file.</summary>
    public bool HeadIsAll => _headEnd < _head.Length;

    public int Read(Span<byte> buffer)
    {
        int left = _headEnd - _headStart;
        if (left > 0)
        {
            int count = Math.Min(left, buffer.Length);
            _head.AsSpan(_headStart, count).CopyTo(buffer);
            _headStart += count;
            return count;
        }

        try
        {
            return _utf8.Read(buffer);
        }
        catch (InvalidDataException e)
        {
            throw BrokenGzip(e);
        }
    }

    /// <summary>Hash and length of the drop as it came; reads what is left of it.</summary>
    public (string Sha256, long Bytes) Finish() => (_counted.Finish(), _counted.Count);

    public void Dispose()
    {
        _utf8.Dispose();
        _counted.Dispose();
    }

    private ((bool Compressed, byte[] Head) Start, Stream Packed) Unpack(Stream stream)
    {
        byte[] magic = new byte[2];
        int length = Fill(stream, magic, []);
        if (length == 2 && magic[0] == 0x1F && magic[1] == 0x8B)
        {
            _gzip = new WholeGzipStream(new PrefixedStream(magic, stream));
            return ((true, []), _gzip);
        }

        return ((false, magic[..length]), stream);
    }

    private int Fill(Stream stream, byte[] buffer, byte[] first)
    {
        first.CopyTo(buffer, 0);
        int length = first.Length;
        try
        {
            int read;
            while (length < buffer.Length && (read = stream.Read(buffer.AsSpan(length))) > 0)
            {
                length += read;
            }
        }
        catch (InvalidDataException e)
        {
            throw BrokenGzip(e);
        }

        return length;
    }

    private FlowException BrokenGzip(Exception e) => new(
        new Failure(
            FailureKind.InvalidInput,
            "the gzip data is damaged or cut off",
            "Compress the file again (gzip -t checks it) and drop it once more",
            new SourceLocation(Name)),
        e);

    private static bool StartsObject(ReadOnlySpan<byte> head)
    {
        int first = head.IndexOfAnyExcept(" \t\r\n"u8);
        if (first < 0 || head[first] != '{')
        {
            return false;
        }

        int next = head[(first + 1)..].IndexOfAnyExcept(" \t\r\n"u8);
        return next >= 0 && head[first + 1 + next] is (byte)'"' or (byte)'}';
    }

    /// <summary>Bytes that were read ahead, then the rest.</summary>
    private sealed class PrefixedStream(ReadOnlyMemory<byte> prefix, Stream rest) : ForwardStream
    {
        private ReadOnlyMemory<byte> _prefix = prefix;

        public override int Read(Span<byte> buffer)
        {
            if (_prefix.IsEmpty)
            {
                return rest.Read(buffer);
            }

            int count = Math.Min(_prefix.Length, buffer.Length);
            _prefix.Span[..count].CopyTo(buffer);
            _prefix = _prefix[count..];
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
