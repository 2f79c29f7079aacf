using SQLitePCL;

namespace FineTuneFlow.Engine.Storage;

/// <summary>One prepared statement on the bare library: the writer runs several of them for every step of every run, where the
/// ADO.NET layer's parameter objects cost more than SQLite itself.</summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(raw.sqlite3_prepare_v2(database, sql, out _statement), raw.SQLITE_OK);
    }

    /// <summary>Binds the parameters in their order and runs to the end.</summary>
    /// <returns>The number of rows changed.</returns>
    public int Run(params ReadOnlySpan<Value> values)
    {
        Bind(values);
        try
        {
            while (Step())
            {
            }

            return raw.sqlite3_changes(_database);
        }
        finally
        {
            _ = raw.sqlite3_reset(_statement);
        }
    }

    /// <summary>All rows, each read by the given function.</summary>
    public List<T> Read<T>(Func<Statement, T> row, params ReadOnlySpan<Value> values)
    {
        Bind(values);
        try
        {
            var rows = new List<T>();
            while (Step())
            {
                rows.Add(row(this));
            }

            return rows;
        }
        finally
        {
            _ = raw.sqlite3_reset(_statement);
        }
    }

    public long Int64(int column) => raw.sqlite3_column_int64(_statement, column);

    public int Int32(int column) => raw.sqlite3_column_int(_statement, column);

    public long? MaybeInt64(int column) => IsNull(column) ? null : Int64(column);

    public int? MaybeInt32(int column) => IsNull(column) ? null : Int32(column);

    public string Text(int column) => raw.sqlite3_column_text(_statement, column).utf8_to_string();

    public string? MaybeText(int column) => IsNull(column) ? null : Text(column);

    public void Dispose() => _statement.Dispose();

    private bool IsNull(int column) => raw.sqlite3_column_type(_statement, column) == raw.SQLITE_NULL;

    private bool Step()
    {
        int code = raw.sqlite3_step(_statement);
        if (code == raw.SQLITE_ROW)
        {
            return true;
        }

        Check(code, raw.SQLITE_DONE);
        return false;
    }

    private void Bind(ReadOnlySpan<Value> values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            Value value = values[i];
            int code = value switch
            {
                { Text: { } text } => raw.sqlite3_bind_text(_statement, i + 1, text),
                { Number: { } number } => raw.sqlite3_bind_int64(_statement, i + 1, number),
                _ => raw.sqlite3_bind_null(_statement, i + 1),
            };
            Check(code, raw.SQLITE_OK);
        }
    }

    private void Check(int code, int good)
    {
        if (code != good)
        {
            throw new Microsoft.Data.Sqlite.SqliteException(raw.sqlite3_errmsg(_database).utf8_to_string(), code);
        }
    }
}

/// <summary>A parameter: a number, a text or null.</summary>
internal readonly record struct Value(long? Number, string? Text)
{
    public static implicit operator Value(long number) => new(number, null);

    public static implicit operator Value(long? number) => new(number, null);

    public static implicit operator Value(int number) => new(number, null);

    public static implicit operator Value(int? number) => new(number, null);

    public static implicit operator Value(string? text) => new(null, text);

    public static implicit operator Value(bool flag) => new(flag ? 1 : 0, null);
}
