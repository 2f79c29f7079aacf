using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.BlobStorage;

/// <summary>Azure Blob Storage, or Azurite. The library's own retries are on: every call here is safe to repeat.</summary>
public sealed class AzureBlobStore : IBlobStore
{
    private readonly BlobServiceClient _service;

    public AzureBlobStore(StorageOptions options, int maxRetries = 4)
    {
        var client = new BlobClientOptions
        {
            Retry =
            {
                Mode = RetryMode.Exponential,
                MaxRetries = maxRetries,
                Delay = TimeSpan.FromSeconds(0.4),
                MaxDelay = TimeSpan.FromSeconds(10),
                NetworkTimeout = TimeSpan.FromSeconds(60),
            },
        };
        try
        {
            _service = options.BlobServiceUri is { } address
                ? new BlobServiceClient(address, AzureIdentity.From(options.Credential, options.ClientId), client)
                : new BlobServiceClient(options.ConnectionString ?? StorageOptions.DevelopmentStorage, client);
        }
        catch (Exception fault) when (fault is FormatException or ArgumentException or InvalidOperationException)
        {
            // The library's own message would repeat the connection string, which holds the key.
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                "the setting is not a storage connection string",
                $"Give one from the portal, or {StorageOptions.DevelopmentStorage} for Azurite",
                Field: StorageOptions.Section));
        }
    }

    public async Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default)
    {
        try
        {
            PinnedBlobStream content = await PinnedBlobStream.OpenAsync(Container(path.Container).GetBlobClient(path.Name), path, cancellation);
            return new BlobRead(content, Text(content.Version), content.Total);
        }
        catch (RequestFailedException missing) when (missing.Status == 404)
        {
            return null;
        }
        catch (Exception fault) when (StorageFaults.IsFault(fault))
        {
            throw StorageFaults.Of(fault, path.ToString());
        }
    }

    public async Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default)
    {
        try
        {
            return await Container(path.Container).GetBlobClient(path.Name).ExistsAsync(cancellation);
        }
        catch (Exception fault) when (StorageFaults.IsFault(fault))
        {
            throw StorageFaults.Of(fault, path.ToString());
        }
    }

    public async Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
    {
        BlobContainerClient container = Container(path.Container);
        var writer = new BlobWriter(
            container.GetBlockBlobClient(path.Name),
            token => container.CreateIfNotExistsAsync(cancellationToken: token));
        try
        {
            return await writer.WriteAsync(path, content, condition, cancellation);
        }
        catch (Exception fault) when (StorageFaults.IsFault(fault))
        {
            throw StorageFaults.Of(fault, path.ToString());
        }
    }

    public async IAsyncEnumerable<BlobEntry> ListAsync(
        string container, string prefix, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using IAsyncEnumerator<BlobItem> items =
            Container(container).GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, cancellation).GetAsyncEnumerator(cancellation);
        while (await NextAsync(items, $"{container}/{prefix}"))
        {
            if (Entry(container, items.Current) is { } entry)
            {
                yield return entry;
            }
        }
    }

    public async IAsyncEnumerable<string> ListFoldersAsync(string container, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await using IAsyncEnumerator<BlobHierarchyItem> items =
            Container(container).GetBlobsByHierarchyAsync(BlobTraits.None, BlobStates.None, "/", null, cancellation).GetAsyncEnumerator(cancellation);
        // The service sorts with the slash at the end, by which "a-b" comes before "a".
        var folders = new SortedSet<string>(StringComparer.Ordinal);
        while (await NextAsync(items, container))
        {
            if (items.Current is { IsPrefix: true, Prefix: { } folder })
            {
                folders.Add(folder.TrimEnd('/'));
            }
        }

        foreach (string folder in folders)
        {
            yield return folder;
        }
    }

    public async Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default)
    {
        try
        {
            return await Container(path.Container).GetBlobClient(path.Name)
                .DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellation);
        }
        catch (Exception fault) when (StorageFaults.IsFault(fault))
        {
            throw StorageFaults.Of(fault, path.ToString());
        }
    }

    /// <summary>Listings give ETags without quotes, everything else with them.</summary>
    internal static string Text(ETag tag) => tag.ToString("H");

    private BlobContainerClient Container(string name) => _service.GetBlobContainerClient(name);

    private static async Task<bool> NextAsync<T>(IAsyncEnumerator<T> items, string place)
    {
        try
        {
            return await items.MoveNextAsync();
        }
        catch (RequestFailedException missing) when (missing.ErrorCode == BlobErrorCode.ContainerNotFound)
        {
            return false;
        }
        catch (Exception fault) when (StorageFaults.IsFault(fault))
        {
            throw StorageFaults.Of(fault, place);
        }
    }

    /// <summary>Null for names that are no path of ours, such as the folder marks ("a/b/") that some tools leave.</summary>
    private static BlobEntry? Entry(string container, BlobItem item)
    {
        try
        {
            return new BlobEntry(
                BlobPath.Of(container, item.Name),
                Text(item.Properties.ETag.GetValueOrDefault()),
                item.Properties.ContentLength ?? 0,
                item.Properties.LastModified ?? DateTimeOffset.MinValue);
        }
        catch (FlowException notOurs) when (notOurs.Failure.Kind == FailureKind.InvalidInput)
        {
            return null;
        }
    }
}
