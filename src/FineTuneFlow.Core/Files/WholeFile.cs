namespace FineTuneFlow.Core.Files;

/// <summary>A small file that is replaced whole or not at all: whatever is killed and wherever the power goes, it holds the old
/// content or the new, and after the return the new.</summary>
public static class WholeFile
{
    /// <exception cref="IOException">It cannot be written; what was there stays.</exception>
    public static void Write(string file, ReadOnlySpan<byte> content, IDisk? disk = null)
    {
        disk ??= LocalDisk.Instance;
        string part = $"{file}.{Guid.NewGuid():N}.tmp";
        try
        {
            using (Stream stream = disk.Create(part))
            {
                stream.Write(content);
                disk.Flush(stream);
            }

            disk.Move(part, file);
        }
        catch
        {
            disk.Delete(part);
            throw;
        }

        disk.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }
}
