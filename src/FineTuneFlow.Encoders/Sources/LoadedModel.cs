using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Encoders.Sources;

/// <param name="Checkpoint">The encoder.</param>
/// <param name="Name">With the commit where it comes from the hub.</param>
/// <param name="Licence">Null where it is not known.</param>
public sealed record LoadedModel(EncoderCheckpoint Checkpoint, string Name, string? Licence);
