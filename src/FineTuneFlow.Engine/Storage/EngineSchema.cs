namespace FineTuneFlow.Engine.Storage;

/// <summary>The engine's tables. Times are UTC ticks of 100 ns, so that a replay sees the very instant of the first run;
/// payloads are JSON texts; <c>key</c> stands for the long id wherever an instance is named.</summary>
internal static class EngineSchema
{
    /// <summary>Kept in PRAGMA user_version.</summary>
    public const int Version = 1;

    /// <summary>How an instance <c>i</c> has ended: the outcome that its output names, else its status. Word for word in the index and in
    /// queries, or SQLite does not find the one by the other.</summary>
    public static readonly string Ending = EndingOf("i.");

    /// <summary>All are made where they are missing, so a database of an earlier version has them after its first start with this one.</summary>
    public static readonly string Tables = $"""
        CREATE TABLE IF NOT EXISTS owner(
          one INTEGER PRIMARY KEY CHECK (one = 1), process INTEGER NOT NULL, machine TEXT NOT NULL, since INTEGER NOT NULL);

        -- begun: whether the current execution has had its first turn. execution counts continue-as-new and rewinds,
        -- generation only what begins with an empty history (ids of children derive from it).
        CREATE TABLE IF NOT EXISTS instances(
          key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, version TEXT NOT NULL,
          status INTEGER NOT NULL, begun INTEGER NOT NULL, execution INTEGER NOT NULL, generation INTEGER NOT NULL,
          parent INTEGER, parent_generation INTEGER, parent_step INTEGER,
          created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL, ended_at INTEGER,
          input TEXT NOT NULL, output TEXT, failure TEXT, custom_status TEXT);
        CREATE INDEX IF NOT EXISTS instances_by_creation ON instances(created_at, key);
        CREATE INDEX IF NOT EXISTS instances_open ON instances(key) WHERE status < 3;
        CREATE INDEX IF NOT EXISTS instances_by_parent ON instances(parent) WHERE parent IS NOT NULL;
        CREATE INDEX IF NOT EXISTS instances_by_ending ON instances({EndingOf("")}, created_at, key) WHERE parent IS NULL AND status >= 3;

        CREATE TABLE IF NOT EXISTS history(
          instance INTEGER NOT NULL, execution INTEGER NOT NULL, sequence INTEGER NOT NULL,
          at INTEGER NOT NULL, kind INTEGER NOT NULL, step INTEGER, name TEXT, target TEXT, payload TEXT, failure TEXT, due INTEGER,
          PRIMARY KEY(instance, execution, sequence)) WITHOUT ROWID;

        -- Activities that are asked for and not ended; the input stands in history.
        CREATE TABLE IF NOT EXISTS tasks(
          instance INTEGER NOT NULL, execution INTEGER NOT NULL, step INTEGER NOT NULL,
          deliveries INTEGER NOT NULL, lease_until INTEGER,
          PRIMARY KEY(instance, execution, step)) WITHOUT ROWID;

        CREATE TABLE IF NOT EXISTS timers(
          instance INTEGER NOT NULL, execution INTEGER NOT NULL, step INTEGER NOT NULL, due INTEGER NOT NULL,
          PRIMARY KEY(instance, execution, step)) WITHOUT ROWID;

        -- What is on its way to an instance. carried: events that an earlier execution did not take; they come first.
        CREATE TABLE IF NOT EXISTS inbox(
          id INTEGER PRIMARY KEY AUTOINCREMENT, instance INTEGER NOT NULL, carried INTEGER NOT NULL, kind INTEGER NOT NULL,
          execution INTEGER NOT NULL, step INTEGER NOT NULL, name TEXT, payload TEXT, failure TEXT);
        CREATE INDEX IF NOT EXISTS inbox_by_instance ON inbox(instance);
        """;

    private static string EndingOf(string row) =>
        $"CASE WHEN {row}status = 3 AND json_valid({row}output) THEN json_extract({row}output, '$.outcome') ELSE {row}status END";
}
