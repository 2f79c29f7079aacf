using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>Asks the memory for what is read soon, where the processor knows such a request; elsewhere nothing is done.</summary>
internal static unsafe class Prefetch
{
    public const int LineBytes = 64;

    /// <summary>The line of the cache that this lies in. A wrong address does no harm.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Of<T>(ref T value)
    {
        if (Sse.IsSupported)
        {
            Sse.Prefetch0(Unsafe.AsPointer(ref value));
        }
    }
}
