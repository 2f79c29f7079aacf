using System.Runtime.InteropServices;

namespace FineTuneFlow.Core.Files;

/// <summary>A second name for a file: made at once however long the file is, and kept when the first name gets another file.</summary>
public static partial class FileLink
{
    /// <summary>Copies where the file system has no second names, or the two places are on different ones.</summary>
    /// <exception cref="IOException">It cannot be read, or the place cannot be written.</exception>
    public static void LinkOrCopy(string file, string to)
    {
        if (OperatingSystem.IsWindows() || Link(file, to) != 0)
        {
            File.Copy(file, to);
        }
    }

    [LibraryImport("libc", EntryPoint = "link", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Link(string file, string to);
}
