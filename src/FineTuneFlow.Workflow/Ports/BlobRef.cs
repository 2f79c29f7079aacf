namespace FineTuneFlow.Workflow.Ports;

/// <summary>What history carries instead of data.</summary>
/// <param name="Path"><c>container/name</c>.</param>
/// <param name="Sha256">Of the bytes, lower-case hexadecimal.</param>
/// <param name="Bytes">Length.</param>
public sealed record BlobRef(string Path, string Sha256, long Bytes);
