using Azure;
using Azure.Core;
using Azure.Identity;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>Blobs, opened by the container's own identity. A lease on progress.json keeps other executions out; it is renewed while the work goes on,
/// and given up by itself a minute after the container has died.</summary>
internal sealed class BlobStorage : IWorkStorage
{
    private static readonly TimeSpan LeaseTime = TimeSpan.FromSeconds(60);
    private readonly Uri _output;
    private readonly Func<Uri, BlobClient> _open;
    private readonly Func<Uri, BlobContainerClient> _openContainer;
    private readonly string _inputs = Directory.CreateTempSubdirectory("ftf-trainer-in-").FullName;
    private BlobLeaseClient? _lease;
    private Timer? _renewal;
    private string? _leaseId;
    private volatile bool _taken;

    /// <param name="output">The address of the output's folder.</param>
    /// <param name="open">Opens a blob by its address; null: by the container's identity (AZURE_CLIENT_ID names a user-assigned one).</param>
    /// <param name="openContainer">The same for a container of blobs.</param>
    public BlobStorage(Uri output, Func<Uri, BlobClient>? open = null, Func<Uri, BlobContainerClient>? openContainer = null)
    {
        _output = output;
        TokenCredential? credential = open is null ? new DefaultAzureCredential() : null;
        _open = open ?? (address => new BlobClient(address, credential));
        _openContainer = openContainer ?? (address => new BlobContainerClient(address, credential));
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ftf-trainer-out-").FullName;

    public async Task<bool> TakeAsync(CancellationToken cancellation)
    {
        BlobClient progress = Blob(OutputFiles.Progress);
        _lease = progress.GetBlobLeaseClient();
        _leaseId = await ReachedAsync(async () =>
        {
            try
            {
                // Only a blob that exists can be leased.
                if (!await progress.ExistsAsync(cancellation))
                {
                    await progress.UploadAsync(BinaryData.FromString("{}"), new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } }, cancellation);
                }
            }
            catch (RequestFailedException error) when (error.Status is 409 or 412)
            {
                // Another execution was faster by a moment; the lease decides.
            }

            try
            {
                return (await _lease.AcquireAsync(LeaseTime, cancellationToken: cancellation)).Value.LeaseId;
            }
            catch (RequestFailedException error) when (error.Status == 409)
            {
                return null;
            }
        });
        if (_leaseId is null)
        {
            return false;
        }

        _renewal = new Timer(_ => Renew(), null, LeaseTime / 4, LeaseTime / 4);
        return true;
    }

    public Task<string> InputAsync(string address, CancellationToken cancellation) =>
        DownloadAsync(new Uri(address), Path.Combine(_inputs, Guid.NewGuid().ToString("N")), cancellation);

    public async Task<string> InputFolderAsync(string address, CancellationToken cancellation)
    {
        var parts = new BlobUriBuilder(new Uri(address));
        string prefix = parts.BlobName + "/";
        BlobContainerClient container = _openContainer(new BlobUriBuilder(parts.ToUri()) { BlobName = "" }.ToUri());
        string folder = Path.Combine(_inputs, Guid.NewGuid().ToString("N"));
        Directory.CreateDirectory(folder);
        return await ReachedAsync(async () =>
        {
            await foreach (BlobItem blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, cancellation))
            {
                string name = blob.Name[prefix.Length..];
                if (name == Path.GetFileName(name))
                {
                    await DownloadAsync(new BlobUriBuilder(parts.ToUri()) { BlobName = blob.Name }.ToUri(), Path.Combine(folder, name), cancellation);
                }
            }

            return folder;
        });
    }

    public async Task PublishAsync(string file, CancellationToken cancellation)
    {
        if (_taken)
        {
            throw new WorkTakenException(new IOException("The lease on progress.json was lost."));
        }

        var conditions = file == OutputFiles.Progress ? new BlobRequestConditions { LeaseId = _leaseId } : null;
        await ReachedAsync(async () =>
        {
            try
            {
                await using FileStream content = File.OpenRead(Path.Combine(Folder, file));
                return await Blob(file).UploadAsync(content, new BlobUploadOptions { Conditions = conditions }, cancellation);
            }
            catch (RequestFailedException error) when (conditions is not null && error.Status is 409 or 412)
            {
                _taken = true;
                throw new WorkTakenException(error);
            }
        });
    }

    public async Task<bool> FetchAsync(string file, CancellationToken cancellation)
    {
        if (!await ReachedAsync(async () => (await Blob(file).ExistsAsync(cancellation)).Value))
        {
            return false;
        }

        string target = Path.Combine(Folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        await DownloadAsync(Blob(file).Uri, target, cancellation);
        return true;
    }

    public async Task RemoveAsync(string file, CancellationToken cancellation)
    {
        await ReachedAsync(() => Blob(file).DeleteIfExistsAsync(cancellationToken: cancellation));
        File.Delete(Path.Combine(Folder, file));
    }

    public async ValueTask DisposeAsync()
    {
        if (_renewal is not null)
        {
            await _renewal.DisposeAsync();
        }

        if (_leaseId is not null)
        {
            try
            {
                await _lease!.ReleaseAsync();
            }
            catch (RequestFailedException)
            {
                // It runs out by itself.
            }
        }

        Directory.Delete(_inputs, recursive: true);
        Directory.Delete(Folder, recursive: true);
    }

    private async Task<string> DownloadAsync(Uri address, string target, CancellationToken cancellation)
    {
        return await ReachedAsync(async () =>
        {
            try
            {
                await _open(address).DownloadToAsync(target, cancellation);
                return target;
            }
            catch (RequestFailedException error) when (error.Status == 404)
            {
                throw new FlowException(FailureKind.InvalidInput, $"The input {address.Segments[^1]} is not there", "Look at the addresses that the execution was given", error);
            }
        });
    }

    /// <summary>What the storage answers, its refusals and silences as the product's failure.</summary>
    private static async Task<T> ReachedAsync<T>(Func<Task<T>> call)
    {
        try
        {
            return await call();
        }
        catch (Exception error) when (error is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            throw Unreachable(error);
        }
    }

    private void Renew()
    {
        try
        {
            _lease!.Renew();
        }
        catch (RequestFailedException lost) when (lost.Status is 409 or 412)
        {
            _taken = true;
        }
        catch (Exception unreachable) when (unreachable is RequestFailedException or AuthenticationFailedException or AggregateException)
        {
            // Tried again soon.
        }
    }

    private BlobClient Blob(string file) => _open(new Uri($"{_output.AbsoluteUri.TrimEnd('/')}/{file}"));

    private static FlowException Unreachable(Exception error) =>
        new(FailureKind.Unavailable, "The storage cannot be reached", "Check that the container's identity is a Storage Blob Data Contributor of the account", error);
}
