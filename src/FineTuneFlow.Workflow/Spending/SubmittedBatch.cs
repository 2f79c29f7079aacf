namespace FineTuneFlow.Workflow.Spending;

public sealed record SubmittedBatch(string BatchId);
