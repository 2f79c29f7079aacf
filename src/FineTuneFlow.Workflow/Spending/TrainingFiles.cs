namespace FineTuneFlow.Workflow.Spending;

/// <summary>Ids of a form's files at a provider.</summary>
public sealed record TrainingFiles(string Train, string Validation);
