using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <param name="Provider">Where it is.</param>
/// <param name="FileId">There.</param>
/// <param name="Gone">What an earlier run had uploaded under this id and its clean-up has deleted, as no job needs it any more; null: the
/// file is there.</param>
public sealed record UploadedFile(string RunId, string Provider, string FileId, BlobRef? Gone = null);
