using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

public sealed record DatasetFile(string Form, Split Split, BlobRef Blob);
