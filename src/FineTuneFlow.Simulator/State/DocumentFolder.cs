using System.Text.Json;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Simulator.State;

/// <summary>A folder of JSON documents, each written whole or not at all, and on the disk when that returns: whatever is
/// killed, and wherever the power goes, leaves the old or the new document, never half of one.</summary>
internal sealed class DocumentFolder<T>
{
    private readonly string _folder;

    public DocumentFolder(string folder)
    {
        _folder = folder;
        Directory.CreateDirectory(folder);
    }

    public void Save(string id, T document)
    {
        WholeFile.Write(PathOf(id), JsonSerializer.SerializeToUtf8Bytes(document, FlowJson.Compact));
    }

    public void Delete(string id) => File.Delete(PathOf(id));

    public IEnumerable<T> Load()
    {
        foreach (string leftover in Directory.EnumerateFiles(_folder, "*.tmp"))
        {
            File.Delete(leftover);
        }

        foreach (string path in Directory.EnumerateFiles(_folder, "*.json").Order(StringComparer.Ordinal))
        {
            yield return JsonSerializer.Deserialize<T>(File.ReadAllBytes(path), FlowJson.Compact)
                ?? throw new InvalidDataException($"{path} holds no document");
        }
    }

    private string PathOf(string id) => Path.Combine(_folder, id + ".json");
}
