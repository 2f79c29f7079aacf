namespace FineTuneFlow.Trainer.Training;

/// <summary>Not even a part of one text fits into the memory.</summary>
internal sealed class MemoryShortageException(string message, Exception inner) : Exception(message, inner);
