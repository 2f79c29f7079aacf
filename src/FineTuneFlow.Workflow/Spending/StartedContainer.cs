namespace FineTuneFlow.Workflow.Spending;

/// <param name="ExecutionId">Of the container job.</param>
public sealed record StartedContainer(string ExecutionId);
