using System.Text.Json;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Local.Drops;

/// <summary>The drops that were taken, by name and ETag, so that a restart does not read all of them again. Losing the file
/// costs that reading and nothing else.</summary>
internal sealed class SeenDrops(string file)
{
    private readonly Dictionary<string, string> _etags = Load(file);

    public bool Has(BlobEntry drop) => _etags.TryGetValue(drop.Path.Name, out string? etag) && etag == drop.ETag;

    public void Add(BlobEntry drop)
    {
        _etags[drop.Path.Name] = drop.ETag;
        try
        {
            LocalDisk.Instance.MakeFolder(Path.GetDirectoryName(file)!);
            WholeFile.Write(file, JsonSerializer.SerializeToUtf8Bytes(_etags, FlowJson.Indented));
        }
        catch (Exception fault) when (DiskFaults.IsFault(fault))
        {
            // The disk is full or failed, which whoever stores the run tells: the next one that is added writes all of them.
        }
    }

    private static Dictionary<string, string> Load(string file)
    {
        try
        {
            return File.Exists(file) ? JsonSerializer.Deserialize<Dictionary<string, string>>(File.ReadAllBytes(file), FlowJson.Compact) ?? [] : [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
