namespace FineTuneFlow.Simulation;

/// <summary>For whom a model is asked.</summary>
internal sealed record Asker(string RunId, string Candidate);
