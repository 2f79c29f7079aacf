using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <param name="Candidate">As planned.</param>
/// <param name="Model">What is asked.</param>
/// <param name="Part">From 0: a batch takes no more than 50,000 questions.</param>
/// <param name="FirstChunk">Of the part.</param>
/// <param name="Chunks">In the part.</param>
public sealed record BatchPartInput(string RunId, PlannedCandidate Candidate, string Model, int Part, int FirstChunk, int Chunks);
