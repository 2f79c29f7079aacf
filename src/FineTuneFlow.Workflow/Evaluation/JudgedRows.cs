using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Rows files of the data set, read whole.</summary>
internal static class JudgedRows
{
    public static async Task<DatasetRow[]> ReadAsync(IBlobStore store, BlobPath path, CancellationToken cancellation)
    {
        await using BlobRead read = await store.OpenExistingUnpackedAsync(path, cancellation);
        using var content = new MemoryStream();
        await read.Content.CopyToAsync(content, cancellation);
        content.Position = 0;
        return [.. DatasetFiles.ReadRows(content, path.Name)];
    }
}
