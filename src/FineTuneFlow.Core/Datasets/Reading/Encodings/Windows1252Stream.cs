using FineTuneFlow.Core.Streams;

namespace FineTuneFlow.Core.Datasets.Reading;

/// <summary>Reads Windows-1252 (which "Latin-1" files nearly always are) as UTF-8.</summary>
internal sealed class Windows1252Stream(Stream inner) : ForwardStream
{
    /// <summary>Characters of the bytes 0x80 to 0x9F; the five unassigned ones stay the control characters of ISO 8859-1.</summary>
    private const string High = "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    private readonly byte[] _raw = new byte[1 << 16];
    private readonly byte[] _utf8 = new byte[3 << 16];
    private int _start;
    private int _end;

    public override int Read(Span<byte> buffer)
    {
        if (_start == _end)
        {
            int read = inner.Read(_raw);
            _start = 0;
            _end = Encode(_raw.AsSpan(0, read));
        }

        int count = Math.Min(buffer.Length, _end - _start);
        _utf8.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    private int Encode(ReadOnlySpan<byte> bytes)
    {
        int written = 0;
        foreach (byte b in bytes)
        {
            if (b < 0x80)
            {
                _utf8[written++] = b;
                continue;
            }

            int c = b < 0xA0 ? High[b - 0x80] : b;
            if (c < 0x800)
            {
                _utf8[written++] = (byte)(0xC0 | (c >> 6));
            }
            else
            {
                _utf8[written++] = (byte)(0xE0 | (c >> 12));
                _utf8[written++] = (byte)(0x80 | ((c >> 6) & 0x3F));
            }

            _utf8[written++] = (byte)(0x80 | (c & 0x3F));
        }

        return written;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
