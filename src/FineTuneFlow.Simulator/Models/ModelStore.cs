using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Models;

/// <summary>The tuned models, on disk; the classifiers of those in use in memory.</summary>
internal sealed class ModelStore
{
    private const int MaximumLoaded = 24;
    private readonly string _folder;
    private readonly DocumentFolder<TunedModel> _documents;
    private readonly ConcurrentDictionary<string, TunedModel> _models = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Lazy<LoadedModel>> _loaded = new(StringComparer.Ordinal);

    public ModelStore(SimulatorOptions options)
    {
        _folder = Path.Combine(options.State, "models");
        _documents = new DocumentFolder<TunedModel>(_folder);
        foreach (TunedModel model in _documents.Load())
        {
            _models[model.Id] = model;
        }
    }

    public IEnumerable<TunedModel> All => _models.Values;

    public TunedModel? Find(string id) => _models.GetValueOrDefault(id);

    /// <summary>The model with its classifier; null where there is none of this name.</summary>
    public LoadedModel? Load(string id)
    {
        if (_loaded.TryGetValue(id, out Lazy<LoadedModel>? held))
        {
            return held.Value;
        }

        if (Find(id) is not { } model)
        {
            return null;
        }

        if (_loaded.Count >= MaximumLoaded)
        {
            _loaded.Clear();
        }

        return _loaded.GetOrAdd(id, _ => new Lazy<LoadedModel>(() =>
        {
            using FileStream stream = File.OpenRead(ClassifierPath(id));
            using var buffered = new BufferedStream(stream, 1 << 16);
            return new LoadedModel(model, LinearClassifier.Load(buffered));
        })).Value;
    }

    /// <summary>Stores a model; what has the same id is replaced. The document comes last, so a model that is listed is whole.</summary>
    public void Save(TunedModel model, LinearClassifier classifier)
    {
        string temporary = Path.Combine(_folder, $"{Guid.NewGuid():N}.tmp");
        using (FileStream stream = File.Create(temporary))
        {
            classifier.Save(stream);
        }

        WholeFile.Keep(temporary, ClassifierPath(model.Id));
        _documents.Save(KeyOf(model.Id), model);
        _models[model.Id] = model;
        _loaded.TryRemove(model.Id, out _);
    }

    public void Delete(string id)
    {
        _models.TryRemove(id, out _);
        _loaded.TryRemove(id, out _);
        _documents.Delete(KeyOf(id));
        File.Delete(ClassifierPath(id));
    }

    private string ClassifierPath(string id) => Path.Combine(_folder, KeyOf(id) + ".bin");

    private static string KeyOf(string id) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(id)))[..24];
}
