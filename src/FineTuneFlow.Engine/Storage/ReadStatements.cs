using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Engine.Storage;

/// <summary>A reading connection with its statements; used by one thread at a time.</summary>
internal sealed class ReadStatements(SqliteConnection connection) : IDisposable
{
    private readonly Dictionary<string, Statement> _statements = [];

    public List<HistoryRow> History(long key, int execution) => Get(
        $"SELECT {InstanceColumns.History} FROM history WHERE instance = ? AND execution = ? ORDER BY sequence")
        .Read(InstanceColumns.ReadHistory, key, execution);

    /// <summary>Of all executions, in the order of their recording.</summary>
    public List<HistoryRow> WholeHistory(long key) => Get(
        $"SELECT {InstanceColumns.History} FROM history WHERE instance = ? ORDER BY at, execution, sequence")
        .Read(InstanceColumns.ReadHistory, key);

    public int NextSequence(long key, int execution) => Get("SELECT MAX(sequence) FROM history WHERE instance = ? AND execution = ?")
        .Read(row => row.Int32(0) + 1, key, execution)[0];

    public InstanceState? State(string id) =>
        Get($"SELECT {InstanceColumns.State} FROM instances i LEFT JOIN instances p ON p.key = i.parent WHERE i.id = ?")
            .Read(InstanceColumns.ReadState, id).SingleOrDefault();

    public InstanceRow? Row(string id) =>
        Get($"SELECT {InstanceColumns.Row} FROM instances WHERE id = ?").Read(InstanceColumns.ReadRow, id).SingleOrDefault();

    /// <summary>Whether more instances than so many have an id in this range.</summary>
    public bool AreMany(string from, string before, int than) =>
        Get("SELECT COUNT(*) FROM (SELECT 1 FROM instances WHERE id >= ? AND id < ? LIMIT ?)").Read(row => row.Int64(0), from, before, (long)than + 1)[0] > than;

    /// <summary>Whether more instances than so many have not ended.</summary>
    public bool AreManyOpen(int than) =>
        Get("SELECT COUNT(*) FROM (SELECT 1 FROM instances WHERE status < 3 LIMIT ?)").Read(row => row.Int64(0), (long)than + 1)[0] > than;

    /// <summary>A page of states with each one's place in the order.</summary>
    public List<(InstanceState State, long CreatedAt, long Key)> Page(PageQuery page)
    {
        // Conditions vary, so the statement is made for this one page.
        using var statement = new Statement(connection.Handle!, page.Sql);
        return statement.Read(row => (InstanceColumns.ReadState(row), row.Int64(4), row.Int64(12)), page.Values);
    }

    public List<InstanceRow> OpenInstances() =>
        Get($"SELECT {InstanceColumns.Row} FROM instances WHERE status < 3 ORDER BY key").Read(InstanceColumns.ReadRow);

    public List<ActivityTask> Tasks() => Get($"""
        SELECT t.instance, t.execution, t.step, t.deliveries, h.name, h.payload, i.id FROM tasks t
        JOIN instances i ON i.key = t.instance
        JOIN history h ON h.instance = t.instance AND h.execution = t.execution AND h.step = t.step AND h.kind = {(int)HistoryKind.ActivityScheduled}
        """).Read(row => new ActivityTask(row.Int64(0), row.Text(6), row.Int32(1), row.Int32(2), row.Text(4), row.Text(5)) { Deliveries = row.Int32(3) });

    public List<TimerEntry> Timers() => Get("SELECT instance, execution, step, due FROM timers")
        .Read(row => new TimerEntry(row.Int64(0), row.Int32(1), row.Int32(2), row.Int64(3)));

    public List<(long Key, Message Message)> Inbox() => Get(
        "SELECT instance, id, carried, kind, execution, step, name, payload, failure FROM inbox ORDER BY carried DESC, id").Read(row => (
        row.Int64(0),
        new Message
        {
            InboxId = row.Int64(1),
            Stored = true,
            Carried = row.Int32(2) != 0,
            Kind = (MessageKind)row.Int32(3),
            Execution = row.Int32(4),
            Step = row.Int32(5),
            Name = row.MaybeText(6),
            Payload = row.MaybeText(7),
            Failure = InstanceColumns.Failure(row.MaybeText(8)),
        }));

    public void Dispose()
    {
        foreach (Statement statement in _statements.Values)
        {
            statement.Dispose();
        }

        connection.Dispose();
    }

    private Statement Get(string sql)
    {
        if (!_statements.TryGetValue(sql, out Statement? statement))
        {
            _statements[sql] = statement = new Statement(connection.Handle!, sql);
        }

        return statement;
    }
}
