using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>The cache's folders: a folder a model, in it one a commit, and what the hub told of each revision.</summary>
internal static class HubCache
{
    /// <summary>In a commit's folder once all of its files are there.</summary>
    public const string Complete = ".complete";

    private const int NoSpaceOnUnix = 28;
    private const int DiskFullOnWindows = unchecked((int)0x80070070);

    public static HubModel? Find(string modelFolder, string revision)
    {
        string file = RevisionFile(modelFolder, revision);
        return File.Exists(file) ? JsonSerializer.Deserialize<HubModel>(File.ReadAllBytes(file), FlowJson.Compact) : null;
    }

    public static void Remember(string modelFolder, string revision, HubModel model)
    {
        string file = RevisionFile(modelFolder, revision);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        string part = $"{file}.{Environment.ProcessId}.part";
        File.WriteAllBytes(part, JsonSerializer.SerializeToUtf8Bytes(model, FlowJson.Indented));
        File.Move(part, file, overwrite: true);
    }

    /// <summary>Refuses before a long download what the disk cannot take.</summary>
    public static void MakeRoom(string folder, long bytes)
    {
        Directory.CreateDirectory(folder);
        if (new DriveInfo(Path.GetFullPath(folder)).AvailableFreeSpace < bytes)
        {
            throw NoRoom(folder, null);
        }
    }

    public static bool IsDiskFull(Exception error) => (error.InnerException ?? error) is IOException { HResult: NoSpaceOnUnix or DiskFullOnWindows };

    public static FlowException NoRoom(string folder, Exception? error) =>
        new(FailureKind.Unavailable, $"There is no room on the disk for the model ({folder})", "Make room, or set FTF_HUB_CACHE to a folder on another disk", error);

    private static string RevisionFile(string modelFolder, string revision) =>
        Path.Combine(modelFolder, "revisions", Uri.EscapeDataString(revision) + ".json");
}
