using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace FineTuneFlow.Engine.Storage;

/// <summary>Everything that the commit thread writes.</summary>
internal sealed class WriteStatements(SqliteConnection connection) : IDisposable
{
    private readonly sqlite3 _handle = connection.Handle!;
    private readonly Dictionary<string, Statement> _statements = [];
    private long? _lastKey;

    public Statement Begin => Get("BEGIN IMMEDIATE");

    public Statement Commit => Get("COMMIT");

    public Statement Rollback => Get("ROLLBACK");

    /// <returns>The new instance's key, or null when one of this id exists.</returns>
    public long? InsertInstance(InstanceRow row, long at)
    {
        // Not the number of one that was purged: an activity or timer of that one may still be on its way in memory.
        long key = (_lastKey ??= Get("SELECT COALESCE(MAX(key), 0) FROM instances").Read(r => r.Int64(0))[0]) + 1;
        bool inserted = Get("""
            INSERT INTO instances(key, id, name, version, status, begun, execution, generation, parent, parent_generation, parent_step,
              created_at, updated_at, input) VALUES (?,?,?,?,?,0,1,1,?,?,?,?,?,?) ON CONFLICT(id) DO NOTHING
            """).Run(
            key, row.Id, row.Name, row.Version, (int)InstanceStatus.Pending, row.Parent?.Key, row.Parent?.Generation, row.Parent?.Step, at, at, row.Input) == 1;
        if (!inserted)
        {
            return null;
        }

        _lastKey = key;
        return key;
    }

    public void InsertHistory(long key, int execution, HistoryRow row) => Get("INSERT INTO history VALUES (?,?,?,?,?,?,?,?,?,?,?)").Run(
        key, execution, row.Sequence, row.At, (int)row.Kind, row.StepId, row.Name, row.Target, row.Payload, ToJson(row.Failure), row.Due);

    public void DeleteHistory(long key, int execution) => Get("DELETE FROM history WHERE instance = ? AND execution = ?").Run(key, execution);

    /// <summary>Leaves of an old execution only how it ended.</summary>
    public void SummariseHistory(long key, int execution) =>
        Get("DELETE FROM history WHERE instance = ? AND execution = ? AND kind <> ?").Run(key, execution, (int)HistoryKind.ContinuedAsNew);

    public void InsertTask(long key, int execution, int step, int deliveries, long? leaseUntil) =>
        Get("INSERT INTO tasks VALUES (?,?,?,?,?)").Run(key, execution, step, deliveries, leaseUntil);

    public void LeaseTask(long key, int execution, int step, int deliveries, long? leaseUntil) =>
        Get("UPDATE tasks SET deliveries = ?, lease_until = ? WHERE instance = ? AND execution = ? AND step = ?")
            .Run(deliveries, leaseUntil, key, execution, step);

    public void DeleteTask(long key, int execution, int step) =>
        Get("DELETE FROM tasks WHERE instance = ? AND execution = ? AND step = ?").Run(key, execution, step);

    public void InsertTimer(long key, int execution, int step, long due) => Get("INSERT INTO timers VALUES (?,?,?,?)").Run(key, execution, step, due);

    public void DeleteTimer(long key, int execution, int step) =>
        Get("DELETE FROM timers WHERE instance = ? AND execution = ? AND step = ?").Run(key, execution, step);

    public void InsertInbox(long key, Message message)
    {
        Get("INSERT INTO inbox(instance, carried, kind, execution, step, name, payload, failure) VALUES (?,?,?,?,?,?,?,?)").Run(
            key, message.Carried, (int)message.Kind, message.Execution, message.Step, message.Name, message.Payload, ToJson(message.Failure));
        message.InboxId = raw.sqlite3_last_insert_rowid(_handle);
    }

    public void DeleteInbox(long id) => Get("DELETE FROM inbox WHERE id = ?").Run(id);

    /// <summary>Removes all that an ended execution still had open.</summary>
    public void DeleteOpenWork(long key)
    {
        Get("DELETE FROM tasks WHERE instance = ?").Run(key);
        Get("DELETE FROM timers WHERE instance = ?").Run(key);
    }

    public void DeleteInboxOf(long key) => Get("DELETE FROM inbox WHERE instance = ?").Run(key);

    public void UpdateInstance(long key, InstanceStatus status, bool begun, long at, string? customStatus) => Get("""
        UPDATE instances SET status = ?, begun = ?, updated_at = ?, custom_status = COALESCE(?, custom_status) WHERE key = ?
        """).Run((int)status, begun, at, customStatus, key);

    public void EndInstance(long key, InstanceStatus status, long at, string? customStatus, string? output, Failure? failure) => Get("""
        UPDATE instances SET status = ?, begun = 1, updated_at = ?, ended_at = ?, custom_status = COALESCE(?, custom_status), output = ?, failure = ?
        WHERE key = ?
        """).Run((int)status, at, at, customStatus, output, ToJson(failure), key);

    /// <summary>A new execution of an instance, whether it had ended or not; of a child that may be another orchestration or version.</summary>
    public void BeginExecution(InstanceRow row, long at, string? customStatus) => Get("""
        UPDATE instances SET name = ?, version = ?, status = ?, begun = ?, execution = ?, generation = ?, input = ?, parent_generation = ?, parent_step = ?,
          updated_at = ?, ended_at = NULL, output = NULL, failure = NULL, custom_status = COALESCE(?, custom_status) WHERE key = ?
        """).Run(
        row.Name, row.Version, (int)row.Status, row.Begun, row.Execution, row.Generation, row.Input, row.Parent?.Generation, row.Parent?.Step, at, customStatus, row.Key);

    public void SetParent(long key, ParentStep parent) =>
        Get("UPDATE instances SET parent_generation = ?, parent_step = ? WHERE key = ?").Run(parent.Generation, parent.Step, key);

    /// <summary>Whether an execution's history has a step that asked for the child.</summary>
    public bool AsksForChild(long key, int execution, int step, string child) => Get(
        "SELECT 1 FROM history WHERE instance = ? AND execution = ? AND step = ? AND kind = ? AND target = ?")
        .Read(_ => true, key, execution, step, (int)HistoryKind.ChildScheduled, child).Count > 0;

    public void DeleteInstance(long key)
    {
        DeleteOpenWork(key);
        DeleteInboxOf(key);
        Get("DELETE FROM history WHERE instance = ?").Run(key);
        Get("DELETE FROM instances WHERE key = ?").Run(key);
    }

    public InstanceRow? Find(string id) =>
        Get($"SELECT {InstanceColumns.Row} FROM instances WHERE id = ?").Read(InstanceColumns.ReadRow, id).SingleOrDefault();

    public InstanceRow? Find(long key) =>
        Get($"SELECT {InstanceColumns.Row} FROM instances WHERE key = ?").Read(InstanceColumns.ReadRow, key).SingleOrDefault();

    public List<InstanceRow> Children(long key) =>
        Get($"SELECT {InstanceColumns.Row} FROM instances WHERE parent = ?").Read(InstanceColumns.ReadRow, key);

    public string? OutputOf(long key) => Get("SELECT output FROM instances WHERE key = ?").Read(row => row.MaybeText(0), key)[0];

    public void Dispose()
    {
        foreach (Statement statement in _statements.Values)
        {
            statement.Dispose();
        }
    }

    private static string? ToJson(Failure? failure) => failure is null ? null : JsonSerializer.Serialize(failure, FlowJson.Compact);

    private Statement Get(string sql)
    {
        if (!_statements.TryGetValue(sql, out Statement? statement))
        {
            _statements[sql] = statement = new Statement(_handle, sql);
        }

        return statement;
    }
}
