using Microsoft.Win32.SafeHandles;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Keeps the escaped texts until they are written: in memory up to a limit, beyond it in a temporary file beside the
/// output, which the system's page cache serves and the process does not hold.</summary>
internal sealed class TextStore(string directory, long memoryLimit) : IDisposable
{
    public const string TemporaryName = ".texts.tmp";
    private const int BlockBits = 22;
    private const int BlockBytes = 1 << BlockBits;
    private const int FetchedBytes = 1 << 9;

    private List<byte[]>? _blocks = [];
    private SafeFileHandle? _file;

    public long Length { get; private set; }

    /// <returns>The offset of the first byte.</returns>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long start = Length;
        if (_blocks is not null && Length + bytes.Length > memoryLimit)
        {
            MoveToFile();
        }

        if (_blocks is null)
        {
            RandomAccess.Write(_file!, bytes, Length);
            Length += bytes.Length;
            return start;
        }

        while (!bytes.IsEmpty)
        {
            int inBlock = (int)(Length & (BlockBytes - 1));
            if (inBlock == 0)
            {
                _blocks.Add(new byte[BlockBytes]);
            }

            int part = Math.Min(bytes.Length, BlockBytes - inBlock);
            bytes[..part].CopyTo(_blocks[^1].AsSpan(inBlock));
            bytes = bytes[part..];
            Length += part;
        }

        return start;
    }

    /// <summary>Bytes of the store where they stand together in memory, else copied to <paramref name="scratch"/>, which grows as
    /// needed. Any number of threads may read.</summary>
    public ReadOnlySpan<byte> Read(long offset, int length, ref byte[] scratch)
    {
        int inBlock = (int)(offset & (BlockBytes - 1));
        if (_blocks is not null && inBlock + length <= BlockBytes)
        {
            // A store without any byte has no block.
            return length == 0 ? [] : _blocks[(int)(offset >> BlockBits)].AsSpan(inBlock, length);
        }

        if (scratch.Length < length)
        {
            scratch = new byte[length * 2];
        }

        Span<byte> copy = scratch.AsSpan(0, length);
        Copy(offset, copy);
        return copy;
    }

    /// <summary>Asks the memory for bytes that will be read soon, up to a usual text's length.</summary>
    public void Fetch(long offset, int length)
    {
        int inBlock = (int)(offset & (BlockBytes - 1));
        if (_blocks is null)
        {
            return;
        }

        byte[] block = _blocks[(int)(offset >> BlockBits)];
        int end = Math.Min(inBlock + Math.Min(length, FetchedBytes), BlockBytes);
        for (int i = inBlock; i < end; i += Prefetch.LineBytes)
        {
            Prefetch.Of(ref block[i]);
        }
    }

    private void Copy(long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            int part;
            if (_blocks is null)
            {
                part = RandomAccess.Read(_file!, target, offset);
            }
            else
            {
                int inBlock = (int)(offset & (BlockBytes - 1));
                part = Math.Min(target.Length, BlockBytes - inBlock);
                _blocks[(int)(offset >> BlockBits)].AsSpan(inBlock, part).CopyTo(target);
            }

            target = target[part..];
            offset += part;
        }
    }

    public void Dispose()
    {
        _blocks = null;
        if (_file is not null)
        {
            _file.Dispose();
            File.Delete(Path.Combine(directory, TemporaryName));
        }
    }

    private void MoveToFile()
    {
        _file = File.OpenHandle(
            Path.Combine(directory, TemporaryName), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.RandomAccess);
        long written = 0;
        foreach (byte[] block in _blocks!)
        {
            int part = (int)Math.Min(BlockBytes, Length - written);
            RandomAccess.Write(_file, block.AsSpan(0, part), written);
            written += part;
        }

        _blocks = null;
    }
}
