using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace FineTuneFlow.Core.Files;

/// <summary>The machine's own file system.</summary>
public sealed partial class LocalDisk : IDisk
{
    public const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    public const UnixFileMode OwnersFolder = OwnersFile | UnixFileMode.UserExecute;

    public static LocalDisk Instance { get; } = new();

    public Stream Create(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnersFile;
        }

        return new FileStream(file, options);
    }

    public void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    public void Move(string file, string to) => File.Move(file, to, overwrite: true);

    public void Delete(string file) => File.Delete(file);

    public void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            // .NET makes a missing parent for everybody.
            if (Path.GetDirectoryName(Path.GetFullPath(folder)) is { } parent && !Directory.Exists(parent))
            {
                MakeFolder(parent);
            }

            Directory.CreateDirectory(folder, OwnersFolder);
        }
    }

    public bool RemoveFolder(string folder)
    {
        try
        {
            Directory.Delete(folder);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>.NET opens no folders, so the two calls are the system's own. Windows keeps its names by itself.</summary>
    public void FlushFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        int opened = OpenFolder(folder, 0);
        if (opened < 0)
        {
            throw new IOException($"{folder} cannot be opened ({Marshal.GetLastPInvokeErrorMessage()})", Marshal.GetLastPInvokeError());
        }

        using var handle = new SafeFileHandle(opened, ownsHandle: true);
        RandomAccess.FlushToDisk(handle);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int OpenFolder(string path, int flags);
}
