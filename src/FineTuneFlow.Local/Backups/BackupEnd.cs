namespace FineTuneFlow.Local.Backups;

/// <summary>The last entry of a backup: a file without it is a part of one.</summary>
/// <param name="Format">Of the archive.</param>
/// <param name="Version">Of the program that wrote it.</param>
/// <param name="At">The moment that it shows.</param>
/// <param name="Files">Before this one.</param>
/// <param name="Bytes">Of all of them.</param>
public sealed record BackupEnd(int Format, string Version, DateTimeOffset At, int Files, long Bytes)
{
    public const int CurrentFormat = 1;

    public const string Entry = "backup.json";
}
