using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.FileStorage;

/// <summary>The folder of a stopped Azurite, read without it: its tables name for every blob the stretches of its extent files.</summary>
public sealed class AzuriteData(string folder)
{
    private const string Tables = "__azurite_db_blob__.json";
    private const string Extents = "__blobstorage__";

    public static bool IsIn(string folder) => File.Exists(Path.Combine(folder, Tables));

    /// <summary>Copies every blob to a store.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="FlowException">InvalidInput: the folder cannot be read as Azurite's.</exception>
    public async Task<int> CopyToAsync(IBlobStore store, CancellationToken cancellation)
    {
        int copied = 0;
        foreach ((BlobPath path, IReadOnlyList<Stretch> stretches) in Blobs())
        {
            using var content = new MemoryStream();
            foreach (Stretch stretch in stretches)
            {
                await ReadAsync(stretch, content, cancellation);
            }

            content.Position = 0;
            await store.WriteAsync(path, content, cancellation: cancellation);
            copied++;
        }

        return copied;
    }

    private async Task ReadAsync(Stretch stretch, MemoryStream target, CancellationToken cancellation)
    {
        // The id is a file name that Azurite made up; a path in its place is none of its own.
        string file = Path.Combine(folder, Extents, Path.GetFileName(stretch.Id));
        byte[] bytes = new byte[stretch.Count];
        try
        {
            using Microsoft.Win32.SafeHandles.SafeFileHandle handle = File.OpenHandle(file, options: FileOptions.Asynchronous);
            for (int read = 0; read < bytes.Length;)
            {
                int got = await RandomAccess.ReadAsync(handle, bytes.AsMemory(read), stretch.Offset + read, cancellation);
                read += got > 0 ? got : throw new EndOfStreamException($"{file} ends early");
            }
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            throw Unreadable(fault.Message, fault);
        }

        target.Write(bytes);
    }

    private List<(BlobPath Path, IReadOnlyList<Stretch> Stretches)> Blobs()
    {
        try
        {
            using FileStream stream = File.OpenRead(Path.Combine(folder, Tables));
            using JsonDocument tables = JsonDocument.Parse(stream);
            return
            [
                .. tables.RootElement.GetProperty("collections").EnumerateArray()
                    .Single(table => table.GetProperty("name").GetString() == "$BLOBS_COLLECTION$")
                    .GetProperty("data").EnumerateArray()
                    .Where(blob => blob.GetProperty("isCommitted").GetBoolean() && !blob.GetProperty("deleted").GetBoolean()
                        && blob.GetProperty("snapshot").GetString() == "")
                    .Select(blob => (BlobPath.Of(blob.GetProperty("containerName").GetString()!, blob.GetProperty("name").GetString()!), Stretches(blob))),
            ];
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException || DiskFaults.IsFault(fault))
        {
            throw Unreadable(fault.Message, fault);
        }
    }

    private static IReadOnlyList<Stretch> Stretches(JsonElement blob)
    {
        if (blob.TryGetProperty("committedBlocksInOrder", out JsonElement blocks) && blocks.GetArrayLength() > 0)
        {
            return [.. blocks.EnumerateArray().Select(block => Of(block.GetProperty("persistency")))];
        }

        return blob.TryGetProperty("persistency", out JsonElement whole) && whole.ValueKind == JsonValueKind.Object ? [Of(whole)] : [];
    }

    private static Stretch Of(JsonElement persistency) => new(
        persistency.GetProperty("id").GetString()!, persistency.GetProperty("offset").GetInt64(), persistency.GetProperty("count").GetInt32());

    private FlowException Unreadable(string why, Exception fault) => new(
        FailureKind.InvalidInput, $"the data of Azurite in {folder} cannot be read: {why}",
        "Go on with them by --storage azurite, or move the folder away to begin without them", fault);

    private sealed record Stretch(string Id, long Offset, int Count);
}
