using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <param name="Provider">Where to.</param>
/// <param name="File">Train or validation in a training form, never the holdout.</param>
public sealed record UploadFileInput(string RunId, string Provider, DatasetFile File);
