namespace FineTuneFlow.Local.Backups;

/// <summary>What lies in a state folder, by name.</summary>
public static class HomeFolders
{
    public const string Database = "engine.db";
    public const string Storage = "storage";
    public const string Simulator = "simulator";

    /// <summary>Programs that train baselines work here.</summary>
    public const string Baselines = "baselines";

    /// <summary>A backup that is being made; one that was left is of no use.</summary>
    public const string BackupPrefix = ".backup-";

    /// <summary>A restore that was broken off.</summary>
    public const string RestorePrefix = ".restore-";
}
