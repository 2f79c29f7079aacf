using FineTuneFlow.Core.Failures;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Storage;

/// <summary>An engine's database as it is at one moment, whether an engine has it open or not: what is committed afterwards is not
/// seen, and nobody waits for it.</summary>
public sealed class DatabaseSnapshot : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly SqliteTransaction _reading;

    private DatabaseSnapshot(SqliteConnection connection)
    {
        _connection = connection;
        _reading = connection.BeginTransaction(deferred: true);
        using SqliteCommand look = connection.CreateCommand();
        // The first reading decides what the transaction sees.
        look.CommandText = "SELECT COUNT(*) FROM sqlite_master";
        look.ExecuteScalar();
    }

    /// <param name="path">The database.</param>
    /// <exception cref="FlowException">InvalidInput: it cannot be read; Unavailable: its disk failed, or is full.</exception>
    public static DatabaseSnapshot Take(string path)
    {
        SqliteConnection? connection = null;
        try
        {
            connection = Open(path, SqliteOpenMode.ReadWrite);
            return new DatabaseSnapshot(connection);
        }
        catch (SqliteException unreadable)
        {
            connection?.Dispose();
            throw DatabaseFaults.OfDisk(unreadable, path) ?? new FlowException(FailureKind.InvalidInput, $"{path} cannot be read: {unreadable.Message}", "Is it the database of this product?", unreadable);
        }
    }

    /// <summary>Writes it as a database file of its own.</summary>
    /// <exception cref="FlowException">Unavailable: it cannot be written; the message says whether there is no room.</exception>
    public void CopyTo(string path)
    {
        try
        {
            using SqliteConnection copy = Open(path, SqliteOpenMode.ReadWriteCreate);
            _connection.BackupDatabase(copy);
        }
        catch (SqliteException failed)
        {
            throw DatabaseFaults.OfDisk(failed, path)
                ?? new FlowException(FailureKind.Unavailable, $"{path} cannot be written: {failed.Message}", "Give this user the right to write there", failed);
        }
    }

    public void Dispose()
    {
        _reading.Dispose();
        _connection.Dispose();
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        try
        {
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
