namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A forward-only stream: a beginning, then one part again and again up to a length. Takes no memory.</summary>
internal sealed class RepeatedStream(byte[] beginning, byte[] part, long length) : Stream
{
    private long _position;

    public override int Read(Span<byte> buffer)
    {
        if (_position >= length)
        {
            return 0;
        }

        bool first = _position < beginning.Length;
        byte[] source = first ? beginning : part;
        int at = first ? (int)_position : (int)((_position - beginning.Length) % part.Length);
        int count = Math.Min(buffer.Length, source.Length - at);
        source.AsSpan(at, count).CopyTo(buffer);
        _position += count;
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => _position; set => throw new NotSupportedException(); }
    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
