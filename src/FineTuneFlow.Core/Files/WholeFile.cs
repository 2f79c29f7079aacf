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

    /// <summary>Makes a file that was written elsewhere on the same disk stand in another's place, and returns when both its content and
    /// its name are on the disk.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    public static void Keep(string part, string file)
    {
        using (Microsoft.Win32.SafeHandles.SafeFileHandle written = File.OpenHandle(part, access: FileAccess.ReadWrite))
        {
            RandomAccess.FlushToDisk(written);
        }

        LocalDisk.Instance.Move(part, file);
        LocalDisk.Instance.FlushFolder(Path.GetDirectoryName(Path.GetFullPath(file))!);
    }
}
