using System.Runtime.InteropServices;

namespace FineTuneFlow.Core.Files;

/// <summary>What each of our programs sets for itself before it does anything.</summary>
public static partial class OwnProcess
{
    private const int NothingForOthers = 0b000_111_111;

    /// <summary>Files and folders that this process makes from now on are for their owner only, also those that libraries make.</summary>
    public static void KeepFilesPrivate()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(NothingForOthers);
        }
    }

    /// <summary>A proxy of the environment is for the world outside: what is on this machine is asked directly, by this process and
    /// those that it starts.</summary>
    public static void AskLoopbackDirectly()
    {
        string? known = Environment.GetEnvironmentVariable("no_proxy") ?? Environment.GetEnvironmentVariable("NO_PROXY");
        string direct = string.Join(',', new[] { known, "127.0.0.1", "localhost", "[::1]" }.Where(name => !string.IsNullOrEmpty(name)));
        Environment.SetEnvironmentVariable("no_proxy", direct);
        Environment.SetEnvironmentVariable("NO_PROXY", direct);
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial int SetMask(int mask);
}
