using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Files;

/// <summary>What a file system's errors mean to a person, in one table.</summary>
public static class DiskFaults
{
    private const int NoSpace = 28;
    private const int FileTooLarge = 27;
    private const int QuotaMac = 69;
    private const int QuotaLinux = 122;
    private const int ReadOnly = 30;
    private const int WindowsDiskFull = unchecked((int)0x80070070);
    private const int WindowsHandleDiskFull = unchecked((int)0x80070027);

    public static bool IsFault(Exception thrown) => thrown is IOException or UnauthorizedAccessException;

    public static bool IsFull(Exception thrown) => thrown is IOException
    {
        HResult: NoSpace or FileTooLarge or QuotaLinux or QuotaMac or WindowsDiskFull or WindowsHandleDiskFull,
    };

    /// <param name="fault">What the file system said.</param>
    /// <param name="what">What was being done, such as the name of the file.</param>
    /// <param name="folder">On the disk in question.</param>
    public static FlowException Of(Exception fault, string what, string folder) => fault switch
    {
        _ when IsFull(fault) => new FlowException(
            FailureKind.Unavailable, $"{what}: the disk of {folder} is full{Free(folder)}", "Make room on it; what waits goes on by itself", fault),
        PathTooLongException => new FlowException(
            FailureKind.InvalidInput, $"{what}: the name is too long for the file system of {folder}", "Give it a shorter name", fault),
        UnauthorizedAccessException or IOException { HResult: ReadOnly } => new FlowException(
            FailureKind.Forbidden, $"{what}: {folder} does not allow it ({fault.Message})", "Give this user the right to read and write there", fault),
        _ => new FlowException(FailureKind.Unavailable, $"{what}: the disk of {folder} failed ({fault.Message})", "Check the disk", fault),
    };

    /// <summary>What is left on a folder's disk; null where nobody can tell.</summary>
    public static long? FreeBytes(string folder)
    {
        try
        {
            return new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace;
        }
        catch (Exception unknown) when (unknown is IOException or ArgumentException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>For messages: " (1.5 MB left)", or nothing where nobody can tell.</summary>
    public static string Free(string folder) => FreeBytes(folder) is { } left ? $" ({left / 1024.0 / 1024.0:0.0} MB left)" : "";
}
