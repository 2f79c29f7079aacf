using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Batches;

/// <summary>The batches, on disk and by id.</summary>
internal sealed class BatchStore
{
    private readonly DocumentFolder<Batch> _documents;
    private readonly Dictionary<string, Batch> _batches = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    public BatchStore(SimulatorOptions options)
    {
        _documents = new DocumentFolder<Batch>(Path.Combine(options.State, "batches"));
        foreach (Batch batch in _documents.Load())
        {
            _batches[batch.Id] = batch;
        }
    }

    /// <summary>Newest first.</summary>
    public List<Batch> All()
    {
        lock (_lock)
        {
            return [.. _batches.Values.OrderByDescending(batch => batch.CreatedAt).ThenBy(batch => batch.Id, StringComparer.Ordinal)];
        }
    }

    public Batch Get(string id)
    {
        lock (_lock)
        {
            return _batches.GetValueOrDefault(id) ?? throw ApiException.NotFound("Batch object", id, "batch_id");
        }
    }

    public Batch Save(Batch batch)
    {
        lock (_lock)
        {
            _documents.Save(batch.Id, batch);
            return _batches[batch.Id] = batch;
        }
    }

    /// <summary>Changes a batch that is not over; one that is over stays as it is.</summary>
    public Batch Change(string id, Func<Batch, Batch> change)
    {
        lock (_lock)
        {
            Batch batch = Get(id);
            return batch.IsOver ? batch : Save(change(batch));
        }
    }
}
