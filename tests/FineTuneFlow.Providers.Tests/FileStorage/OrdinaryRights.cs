using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace FineTuneFlow.Providers.Tests.FileStorage;

/// <summary>Root may read whatever it likes, by two capabilities. A thread can lay its own down, and is then held to the modes of files as every
/// other user is.</summary>
[UnsupportedOSPlatform("windows")]
internal static partial class OrdinaryRights
{
    private const uint Version = 0x20080522; // _LINUX_CAPABILITY_VERSION_3
    private const uint OverridesModes = 1 << 1 | 1 << 2; // CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH

    /// <summary>Whether this process can be held to them: root of another system than Linux cannot.</summary>
    public static bool CanBeHad => !Environment.IsPrivilegedProcess || OperatingSystem.IsLinux();

    /// <summary>Acts with them, on one thread to the end.</summary>
    /// <exception cref="Exception">What the act throws.</exception>
    public static void Act(Action act)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            act();
            return;
        }

        ExceptionDispatchInfo? thrown = null;
        // The thread ends with the act, and nobody else gets it as it is now.
        var thread = new Thread(() =>
        {
            try
            {
                LayDown();
                act();
            }
            catch (Exception exception)
            {
                thrown = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        thrown?.Throw();
    }

    private static void LayDown()
    {
        uint[] header = [Version, 0];
        // Effective, permitted and inheritable ones, the lower 32 and then the others.
        uint[] sets = new uint[6];
        if (GetCapabilities(header, sets) != 0)
        {
            throw new InvalidOperationException($"capget failed with {Marshal.GetLastPInvokeError()}");
        }

        sets[0] &= ~OverridesModes;
        if (SetCapabilities(header, sets) != 0)
        {
            throw new InvalidOperationException($"capset failed with {Marshal.GetLastPInvokeError()}");
        }
    }

    [LibraryImport("libc", EntryPoint = "capget", SetLastError = true)]
    private static partial int GetCapabilities([In] uint[] header, [In, Out] uint[] sets);

    [LibraryImport("libc", EntryPoint = "capset", SetLastError = true)]
    private static partial int SetCapabilities([In] uint[] header, [In] uint[] sets);
}
