using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>All files as they are at one moment.</summary>
public sealed partial class FileBlobStore
{
    /// <summary>Gives every file a second name in another folder. No write and no deletion comes between, so what is there afterwards
    /// was there at one moment; the store replaces files and never writes into them, so it stays as it was.</summary>
    /// <param name="folder">Made; best on the same disk, where a name costs no room.</param>
    /// <param name="meanwhile">Done at that moment.</param>
    /// <returns>How many files.</returns>
    /// <exception cref="FlowException">The disk failed.</exception>
    public int Snapshot(string folder, Action meanwhile)
    {
        try
        {
            lock (_commit)
            {
                meanwhile();
                return Directory.EnumerateDirectories(_root).Where(container => !Path.GetFileName(container).StartsWith('.'))
                    .Sum(container => Link(new DirectoryInfo(container), Path.Combine(folder, Path.GetFileName(container))));
            }
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw DiskFaults.Of(fault, "the storage's files", folder);
        }
    }

    private static int Link(DirectoryInfo folder, string to)
    {
        Directory.CreateDirectory(to);
        int files = 0;
        foreach (FileSystemInfo entry in folder.EnumerateFileSystemInfos("*", Everything))
        {
            string place = Path.Combine(to, entry.Name);
            if (entry is DirectoryInfo below)
            {
                files += Link(below, place);
            }
            else
            {
                FileLink.LinkOrCopy(entry.FullName, place);
                files++;
            }
        }

        return files;
    }

    /// <summary>Hidden files too; links are not followed, as nowhere in the store. What may not be read fails, and is not left out.</summary>
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = FileAttributes.ReparsePoint, IgnoreInaccessible = false };
}
