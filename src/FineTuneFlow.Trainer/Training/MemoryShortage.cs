using System.Runtime.InteropServices;

namespace FineTuneFlow.Trainer.Training;

/// <summary>libtorch tells a shortage of memory only by its message.</summary>
internal static class MemoryShortage
{
    /// <summary>Of GPUs, of processors on Linux and macOS, and on Windows.</summary>
    private static readonly string[] Messages = ["out of memory", "can't allocate memory", "not enough memory"];

    public static bool Is(Exception error) => error is OutOfMemoryException or MemoryShortageException
        || (error is ExternalException or InvalidOperationException && Messages.Any(message => error.Message.Contains(message, StringComparison.OrdinalIgnoreCase)));
}
