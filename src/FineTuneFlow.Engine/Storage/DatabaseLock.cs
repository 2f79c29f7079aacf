using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Storage;

/// <summary>The right to be a database's one engine: an exclusive lock on a file beside it, which the operating system takes
/// back when the process ends in whatever way. The owner's row in the database only says who it is.</summary>
internal sealed class DatabaseLock : IDisposable
{
    private readonly FileStream _file;

    private DatabaseLock(FileStream file) => _file = file;

    /// <exception cref="FlowException">Conflict: another engine has it; names its process.</exception>
    public static DatabaseLock Take(string databasePath)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(databasePath))!);
            return new DatabaseLock(new FileStream(databasePath + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException full) when (DiskFaults.IsFull(full))
        {
            throw new FlowException(FailureKind.Unavailable, $"{databasePath}.lock: its disk is full", "Make room on it and start again", full);
        }
        catch (IOException held)
        {
            throw new FlowException(
                FailureKind.Conflict,
                $"{Path.GetFileName(databasePath)} is in use by {OwnerOf(databasePath)}",
                "Stop that process first, or give this host another database",
                held);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw new FlowException(
                FailureKind.Forbidden, $"{databasePath}.lock cannot be written", "Give this user the right to write in that folder", denied);
        }
    }

    public void Dispose() => _file.Dispose();

    private static string OwnerOf(string databasePath)
    {
        const string Unknown = "another process";
        try
        {
            var address = new SqliteConnectionStringBuilder { DataSource = databasePath, Mode = SqliteOpenMode.ReadOnly, Pooling = false };
            using var connection = new SqliteConnection(address.ToString());
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "SELECT process, machine, since FROM owner";
            using SqliteDataReader reader = command.ExecuteReader();
            return reader.Read()
                ? $"process {reader.GetInt64(0)} on {reader.GetString(1)} since {new DateTime(reader.GetInt64(2), DateTimeKind.Utc):yyyy-MM-dd HH:mm:ss} UTC"
                : Unknown;
        }
        catch (SqliteException)
        {
            return Unknown; // The owner is only just making the database.
        }
    }
}
