using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Rows files of the data set, read whole.</summary>
internal static class JudgedRows
{
    public static async Task<DatasetRow[]> ReadAsync(IBlobStore store, BlobPath path, CancellationToken cancellation)
    {
        using var content = new MemoryStream(await store.ReadBytesAsync(path, cancellation));
        return [.. DatasetFiles.ReadRows(content, path.Name)];
    }
}
