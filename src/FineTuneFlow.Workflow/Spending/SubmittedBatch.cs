namespace FineTuneFlow.Workflow.Spending;

/// <param name="BatchId">At the provider; empty: all is answered already, and there is none.</param>
public sealed record SubmittedBatch(string BatchId)
{
    public static SubmittedBatch None { get; } = new("");
}
