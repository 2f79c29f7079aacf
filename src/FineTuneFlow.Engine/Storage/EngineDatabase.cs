using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Storage;

/// <summary>The SQLite file: one connection that writes, and a few that read beside it (WAL: they see what is committed and
/// neither waits for the other).</summary>
internal sealed class EngineDatabase : IDisposable
{
    private readonly DatabaseLock _lock;
    private readonly string _path;
    private readonly ConcurrentBag<ReadStatements> _readers = [];
    private readonly SqliteConnection _connection;
    private volatile bool _disposed;

    private EngineDatabase(string path, DatabaseLock held)
    {
        _path = path;
        _lock = held;
        _connection = Open(path, SqliteOpenMode.ReadWriteCreate);
    }

    public SqliteConnection Writer => _connection;

    /// <exception cref="FlowException">Conflict: another engine has it open, or it was written by a newer one.</exception>
    public static EngineDatabase Open(string path, DateTimeOffset now)
    {
        DatabaseLock held = DatabaseLock.Take(path);
        EngineDatabase? database = null;
        try
        {
            database = new EngineDatabase(path, held);
            database.Prepare(now);
            return database;
        }
        catch (Exception failed)
        {
            database?.Dispose();
            held.Dispose();
            if (failed is SqliteException { SqliteErrorCode: 11 or 26 }) // SQLITE_CORRUPT, SQLITE_NOTADB
            {
                throw new FlowException(
                    FailureKind.InvalidInput, $"{path} is not a database of this engine or is damaged", "Restore it from a copy, or name another file", failed);
            }

            if (DatabaseFaults.OfDisk(failed, path) is { } told)
            {
                throw told;
            }

            throw;
        }
    }

    public T Read<T>(Func<ReadStatements, T> read)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_readers.TryTake(out ReadStatements? reader))
        {
            reader = new ReadStatements(Open(_path, SqliteOpenMode.ReadOnly));
        }

        bool returned = false;
        try
        {
            T result = read(reader);
            if (!_disposed)
            {
                _readers.Add(reader);
                returned = true;
            }

            return result;
        }
        finally
        {
            if (!returned)
            {
                reader.Dispose();
            }
        }
    }

    public void Dispose()
    {
        _disposed = true;
        while (_readers.TryTake(out ReadStatements? reader))
        {
            reader.Dispose();
        }

        _connection.Dispose();
        _lock.Dispose();
    }

    private static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        // No pooling: a pooled connection would hold the file beyond the engine's life.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString());
        connection.Open();
        return connection;
    }

    private void Prepare(DateTimeOffset now)
    {
        // FULL: the log is synced before a commit returns, so that no committed step is lost when the power fails.
        // docs/decisions/engine-durability.md
        Execute("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA busy_timeout=5000; PRAGMA temp_store=MEMORY;");
        long version = (long)Scalar("PRAGMA user_version")!;
        if (version > EngineSchema.Version)
        {
            throw new FlowException(
                FailureKind.Conflict,
                $"{Path.GetFileName(_path)} was written by a newer version of this program (schema {version}; this one knows {EngineSchema.Version})",
                "Run the newer version, or name another database");
        }

        Execute(EngineSchema.Tables + $"PRAGMA user_version={EngineSchema.Version};");
        // What the last owner had running is free again: there is no other owner that could be running it.
        Execute("UPDATE tasks SET lease_until = NULL WHERE lease_until IS NOT NULL");
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = "INSERT OR REPLACE INTO owner(one, process, machine, since) VALUES (1, $process, $machine, $since)";
        command.Parameters.AddWithValue("$process", Environment.ProcessId);
        command.Parameters.AddWithValue("$machine", Environment.MachineName);
        command.Parameters.AddWithValue("$since", now.UtcTicks);
        command.ExecuteNonQuery();
    }

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private object? Scalar(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar();
    }
}
