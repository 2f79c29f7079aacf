namespace FineTuneFlow.Local.Backups;

/// <summary>What lies in a state folder, by name.</summary>
public static class HomeFolders
{
    public const string Database = "engine.db";
    public const string Storage = "storage";
    public const string Simulator = "simulator";

    /// <summary>Programs that train baselines work here.</summary>
    public const string Baselines = "baselines";

    /// <summary>Which drops were seen.</summary>
    public const string Drops = "drops.json";

    /// <summary>When the nightly schedule was last followed.</summary>
    public const string Night = "nightly.txt";

    /// <summary>A backup that is being made; one that was left is of no use.</summary>
    public const string BackupPrefix = ".backup-";

    /// <summary>A restore that is being unpacked; one that was left is of no use.</summary>
    public const string RestorePrefix = ".restore-";

    /// <summary>A restore that is unpacked whole, and whose parts are being moved to their places.</summary>
    public const string Restored = ".restored";

    /// <summary>All that a backup may hold.</summary>
    public static IReadOnlyList<string> Kept { get; } = [Database, Storage, Simulator, Baselines, Drops, Night];
}
