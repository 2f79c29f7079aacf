namespace FineTuneFlow.Trainer.Contract;

/// <summary>Another execution has taken this work over, as its lease had run out: this one writes nothing any more.</summary>
internal sealed class WorkTakenException(Exception inner) : Exception("Another execution has taken this work over.", inner);
