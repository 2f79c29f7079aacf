using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>Reads what a container tells about itself in its output folder; a file that is half-written or not of the contract
/// counts as not there yet.</summary>
internal sealed class ContainerReports(IBlobStore store)
{
    private const int LongestTail = 32 * 1024;

    public Task<ContainerProgress?> ProgressAsync(ContainerJobRequest request, CancellationToken cancellation) =>
        ReadAsync<ContainerProgress>(request.OutputFile(ContainerFiles.Progress), cancellation);

    public Task<ContainerResult?> ResultAsync(ContainerJobRequest request, CancellationToken cancellation) =>
        ReadAsync<ContainerResult>(request.OutputFile(ContainerFiles.Result), cancellation);

    /// <summary>The end of log.txt; empty where there is none.</summary>
    public async Task<string> LogTailAsync(ContainerJobRequest request, CancellationToken cancellation) =>
        Tail(await BytesAsync(request.OutputFile(ContainerFiles.Log), cancellation) ?? []);

    public static T? Parse<T>(ReadOnlySpan<byte> json)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(json, FlowJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static string Tail(byte[] log)
    {
        int from = Math.Max(0, log.Length - LongestTail);
        // Not from the middle of a character.
        while (from > 0 && from < log.Length && (log[from] & 0xC0) == 0x80)
        {
            from++;
        }

        return Encoding.UTF8.GetString(log, from, log.Length - from);
    }

    private async Task<T?> ReadAsync<T>(BlobPath path, CancellationToken cancellation)
        where T : class =>
        await BytesAsync(path, cancellation) is { } bytes ? Parse<T>(bytes) : null;

    private async Task<byte[]?> BytesAsync(BlobPath path, CancellationToken cancellation)
    {
        await using BlobRead? blob = await store.OpenAsync(path, cancellation);
        if (blob is null)
        {
            return null;
        }

        using var bytes = new MemoryStream();
        await blob.Content.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }
}
