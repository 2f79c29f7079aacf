using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

public sealed record SubmitJobInput(string RunId, PlannedCandidate Candidate, string? ContinueModel, TrainingFiles Files);
