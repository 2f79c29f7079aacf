using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.BlobStorage;

/// <summary>One write: content of one block goes in one request, more is staged block by block and committed at the end, so
/// that no reader ever sees a part of it. The hash is computed as the bytes pass.</summary>
internal sealed class BlobWriter(BlockBlobClient blob, Func<CancellationToken, Task> createContainer)
{
    private const int BlockBytes = 4 * 1024 * 1024;
    private const string WriteId = "write";

    private readonly string _id = Guid.NewGuid().ToString("N");

    public async Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition, CancellationToken cancellation)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        byte[] buffer = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            var blocks = new List<string>();
            long total = 0;
            while (true)
            {
                int read = await content.ReadAtLeastAsync(buffer.AsMemory(0, BlockBytes), BlockBytes, throwOnEndOfStream: false, cancellation);
                hash.AppendData(buffer, 0, read);
                total += read;
                if (read < BlockBytes && blocks.Count == 0)
                {
                    string whole = Convert.ToHexStringLower(hash.GetHashAndReset());
                    ETag tag = await PutAsync(new MemoryStream(buffer, 0, read, writable: false), whole, condition, cancellation);
                    return new BlobWritten(new BlobRef(path.ToString(), whole, total), AzureBlobStore.Text(tag));
                }

                if (read > 0)
                {
                    // Ids are of one length within a blob, and of this write alone: another writer's blocks never mix in.
                    string block = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{_id}-{blocks.Count:D6}"));
                    await WithContainer(() => blob.StageBlockAsync(block, new MemoryStream(buffer, 0, read, writable: false), cancellationToken: cancellation), cancellation);
                    blocks.Add(block);
                }

                if (read < BlockBytes)
                {
                    string staged = Convert.ToHexStringLower(hash.GetHashAndReset());
                    ETag tag = await CommitAsync(blocks, staged, condition, cancellation);
                    return new BlobWritten(new BlobRef(path.ToString(), staged, total), AzureBlobStore.Text(tag));
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private Task<ETag> PutAsync(Stream content, string sha256, WriteCondition condition, CancellationToken cancellation) =>
        WithContainer(
            () => OnceAsync(
                () =>
                {
                    content.Position = 0;
                    return blob.UploadAsync(content, new BlobUploadOptions { Metadata = Metadata(sha256), Conditions = Conditions(condition) }, cancellation);
                },
                cancellation),
            cancellation);

    private Task<ETag> CommitAsync(List<string> blocks, string sha256, WriteCondition condition, CancellationToken cancellation) =>
        OnceAsync(
            () => blob.CommitBlockListAsync(blocks, new CommitBlockListOptions { Metadata = Metadata(sha256), Conditions = Conditions(condition) }, cancellation),
            cancellation);

    private Dictionary<string, string> Metadata(string sha256) => new() { ["sha256"] = sha256, [WriteId] = _id };

    private static BlobRequestConditions Conditions(WriteCondition condition) => new()
    {
        IfNoneMatch = condition.OnlyIfAbsent ? ETag.All : null,
        IfMatch = condition.IfMatch is { } tag ? new ETag(tag) : null,
    };

    /// <summary>The library sends again when an answer was lost. If the first sending had worked, the second meets its own
    /// blob and looks like a conflict: the write's id tells the two apart.</summary>
    private async Task<ETag> OnceAsync(Func<Task<Response<BlobContentInfo>>> write, CancellationToken cancellation)
    {
        try
        {
            return (await write()).Value.ETag;
        }
        catch (RequestFailedException fault) when (fault.Status is 409 or 412 || fault.ErrorCode == BlobErrorCode.InvalidBlockList)
        {
            try
            {
                BlobProperties there = await blob.GetPropertiesAsync(cancellationToken: cancellation);
                if (there.Metadata.TryGetValue(WriteId, out string? id) && id == _id)
                {
                    return there.ETag;
                }
            }
            catch (RequestFailedException gone) when (gone.Status == 404)
            {
                // Nothing there: the conflict stands as it was told.
            }

            throw;
        }
    }

    private async Task<T> WithContainer<T>(Func<Task<T>> write, CancellationToken cancellation)
    {
        try
        {
            return await write();
        }
        catch (RequestFailedException fault) when (fault.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            await createContainer(cancellation);
            return await write();
        }
    }
}
