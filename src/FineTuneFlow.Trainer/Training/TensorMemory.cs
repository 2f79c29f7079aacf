using System.Runtime.InteropServices;

namespace FineTuneFlow.Trainer.Training;

/// <summary>How glibc hands out the memory of tensors on processors.</summary>
internal static partial class TensorMemory
{
    // Of malloc.h.
    private const int TrimThreshold = -1;
    private const int MapAtMost = -4;
    private const int ArenasAtMost = -8;

    /// <summary>Keeps what libtorch gives back for the next tensor. By itself glibc returns large blocks to the system, which fills each with zeros, page by page,
    /// when it is asked for again: docs/benchmarks.md tells what that cost. Does nothing where the C library is another one.</summary>
    public static void Keep()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = Set(MapAtMost, 0);
            _ = Set(TrimThreshold, int.MaxValue);
            _ = Set(ArenasAtMost, 1);
        }
        catch (Exception other) when (other is DllNotFoundException or EntryPointNotFoundException)
        {
            // Not glibc.
        }
    }

    [LibraryImport("libc.so.6", EntryPoint = "mallopt")]
    private static partial int Set(int parameter, int value);
}
