using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Encoders.Sources;

/// <summary>The cache's folders: a folder a model, in it one a commit, and what the hub told of each revision.</summary>
internal static class HubCache
{
    /// <summary>In a commit's folder once all of its files are there.</summary>
    public const string Complete = ".complete";

    /// <summary>What opening a file says that another process holds, on Linux, macOS and Windows.</summary>
    private const int HeldOnLinux = 11;
    private const int HeldOnMac = 35;
    private const int HeldOnWindows = unchecked((int)0x80070020);

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(200);

    public static HubModel? Find(string modelFolder, string revision)
    {
        string file = RevisionFile(modelFolder, revision);
        return File.Exists(file) ? JsonSerializer.Deserialize<HubModel>(File.ReadAllBytes(file), FlowJson.Compact) : null;
    }

    public static void Remember(string modelFolder, string revision, HubModel model)
    {
        string file = RevisionFile(modelFolder, revision);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        // A name of its own: several tasks of one process may remember the same at once.
        string part = $"{file}.{Guid.NewGuid():N}.part";
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

    /// <summary>The trainers of a grid want the same model at the same moment: one fetches it, the others wait for that. The system gives the
    /// lock back when its holder dies.</summary>
    public static async Task<IDisposable> LockAsync(string modelFolder, CancellationToken cancellation)
    {
        Directory.CreateDirectory(modelFolder);
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(modelFolder, ".lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException taken) when (taken.HResult is HeldOnLinux or HeldOnMac or HeldOnWindows)
            {
                await Task.Delay(BetweenLooks, cancellation);
            }
        }
    }

    public static bool IsDiskFull(Exception error) => DiskFaults.IsFull(error.InnerException ?? error);

    public static FlowException NoRoom(string folder, Exception? error) =>
        new(FailureKind.Unavailable, $"There is no room on the disk for the model ({folder})", "Make room, or set FTF_HUB_CACHE to a folder on another disk", error);

    private static string RevisionFile(string modelFolder, string revision) =>
        Path.Combine(modelFolder, "revisions", Uri.EscapeDataString(revision) + ".json");
}
