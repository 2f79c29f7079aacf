namespace FineTuneFlow.Encoders.Sources;

/// <summary>A checkpoint that lies on the disk.</summary>
/// <param name="Folder">In Hugging Face's form.</param>
/// <param name="Commit">That its files are of.</param>
/// <param name="Licence">As the model's page tells it; null: not told.</param>
public sealed record HubCheckpoint(string Folder, string Commit, string? Licence);
