using System.Runtime.CompilerServices;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>The storage as hosts see it while a fault is planted.</summary>
internal sealed class PlantedStore(IBlobStore store, Plant plant) : IBlobStore
{
    public async Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default) =>
        plant.Hides(path) ? null : await store.OpenAsync(path, cancellation);

    public async Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default) =>
        !plant.Hides(path) && await store.ExistsAsync(path, cancellation);

    public async Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        using var copy = new MemoryStream();
        await content.CopyToAsync(copy, cancellation);
        byte[] bytes = copy.ToArray();
        if (plant.Drops(path, condition, bytes))
        {
            return new BlobWritten(new BlobRef(path.ToString(), "", bytes.Length), "not written");
        }

        using var written = new MemoryStream(plant.Rewrites(path, bytes) ?? bytes);
        return await store.WriteAsync(path, written, plant.Unconditional(path) ? default : condition, cancellation);
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (BlobEntry entry in store.ListAsync(container, prefix, cancellation))
        {
            if (!plant.HidesInLists(entry.Path))
            {
                yield return entry;
            }
        }
    }

    public IAsyncEnumerable<string> ListFoldersAsync(string container, CancellationToken cancellation = default) => store.ListFoldersAsync(container, cancellation);

    public Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default) => store.DeleteAsync(path, cancellation);
}
