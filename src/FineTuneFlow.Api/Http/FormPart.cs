namespace FineTuneFlow.Api.Http;

/// <summary>A part of a multipart/form-data body.</summary>
/// <param name="Name">Of the part.</param>
/// <param name="Meaning">What it holds.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="IsFile">A file rather than a field.</param>
public sealed record FormPart(string Name, string Meaning, bool Required, bool IsFile = false);
