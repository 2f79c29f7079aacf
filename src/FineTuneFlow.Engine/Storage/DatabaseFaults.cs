using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Storage;

/// <summary>What SQLite's errors mean to a person.</summary>
internal static class DatabaseFaults
{
    private const int IoError = 10; // SQLITE_IOERR
    private const int Full = 13; // SQLITE_FULL

    /// <summary>With less than this left nothing can be written: a page of the database and one of its log.</summary>
    private const long LeastBytes = 64 * 1024;

    /// <summary>A write for which the disk had no room, named as what is waited for; null: another failure. A sync that fails for want of room is
    /// one: after it nobody knows what the disk holds.</summary>
    public static FlowException? NoRoom(Exception fault, string path) => fault is SqliteException { SqliteErrorCode: Full }
        ? new FlowException(FailureKind.Unavailable, $"{path}: its disk is full{DiskFaults.Free(FolderOf(path))}", "Make room on it: what runs goes on by itself", fault)
        : null;

    /// <summary>A failure of the disk, named with what helps; null: it is of another kind.</summary>
    public static FlowException? OfDisk(Exception fault, string path)
    {
        if (fault is not SqliteException { SqliteErrorCode: IoError or Full } sqlite)
        {
            return null;
        }

        string folder = FolderOf(path);
        // SQLite does not tell the system's own error: where there is no room, that is what a failed write, sync or mapping means.
        return sqlite.SqliteErrorCode == Full || DiskFaults.FreeBytes(folder) < LeastBytes
            ? new FlowException(
                FailureKind.Unavailable,
                $"{path}: its disk is full{DiskFaults.Free(folder)}",
                "Make room on it and start again: what was acknowledged is there, and what runs goes on",
                fault)
            : new FlowException(FailureKind.Unavailable, $"{path} cannot be read or written: {fault.Message}", "Check its disk, then start again", fault);
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(Path.GetFullPath(path))!;
}
