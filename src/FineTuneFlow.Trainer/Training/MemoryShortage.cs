using System.Runtime.InteropServices;

namespace FineTuneFlow.Trainer.Training;

/// <summary>libtorch tells a shortage of memory only by its message.</summary>
internal static class MemoryShortage
{
    public static bool Is(Exception error) => error is OutOfMemoryException or MemoryShortageException
        || (error is ExternalException or InvalidOperationException
            && (error.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase) || error.Message.Contains("can't allocate memory", StringComparison.OrdinalIgnoreCase)));
}
