using Microsoft.Win32.SafeHandles;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Keeps the escaped texts until they are written: in memory up to a limit, beyond it in a temporary file beside the
/// output, which the system's page cache serves and the process does not hold.</summary>
internal sealed class TextStore(string directory, long memoryLimit) : IDisposable
{
    public const string TemporaryName = ".texts.tmp";
    private const int BlockBits = 22;
    private const int BlockBytes = 1 << BlockBits;

    private List<byte[]>? blocks = [];
    private SafeFileHandle? file;

    public long Length { get; private set; }

    /// <returns>The offset of the first byte.</returns>
    public long Append(ReadOnlySpan<byte> bytes)
    {
        long start = Length;
        if (blocks is not null && Length + bytes.Length > memoryLimit)
        {
            MoveToFile();
        }

        if (blocks is null)
        {
            RandomAccess.Write(file!, bytes, Length);
            Length += bytes.Length;
            return start;
        }

        while (!bytes.IsEmpty)
        {
            int inBlock = (int)(Length & (BlockBytes - 1));
            if (inBlock == 0)
            {
                blocks.Add(new byte[BlockBytes]);
            }

            int part = Math.Min(bytes.Length, BlockBytes - inBlock);
            bytes[..part].CopyTo(blocks[^1].AsSpan(inBlock));
            bytes = bytes[part..];
            Length += part;
        }

        return start;
    }

    public void Read(long offset, Span<byte> target)
    {
        if (blocks is null)
        {
            while (!target.IsEmpty)
            {
                int read = RandomAccess.Read(file!, target, offset);
                offset += read;
                target = target[read..];
            }

            return;
        }

        while (!target.IsEmpty)
        {
            int inBlock = (int)(offset & (BlockBytes - 1));
            int part = Math.Min(target.Length, BlockBytes - inBlock);
            blocks[(int)(offset >> BlockBits)].AsSpan(inBlock, part).CopyTo(target);
            target = target[part..];
            offset += part;
        }
    }

    public void Dispose()
    {
        blocks = null;
        if (file is not null)
        {
            file.Dispose();
            File.Delete(Path.Combine(directory, TemporaryName));
        }
    }

    private void MoveToFile()
    {
        file = File.OpenHandle(
            Path.Combine(directory, TemporaryName), FileMode.Create, FileAccess.ReadWrite, FileShare.None, FileOptions.RandomAccess);
        long written = 0;
        foreach (byte[] block in blocks!)
        {
            int part = (int)Math.Min(BlockBytes, Length - written);
            RandomAccess.Write(file, block.AsSpan(0, part), written);
            written += part;
        }

        blocks = null;
    }
}
