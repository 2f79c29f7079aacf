using System.Collections.Concurrent;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Watching;

/// <summary>What a version's holdout looked like and which words its training texts had: what later days are compared with. Kept with the
/// version when it is promoted.</summary>
public sealed class VersionReferences(IBlobStore store)
{
    private readonly ConcurrentDictionary<string, Task<(VersionCounts? Holdout, Vocabulary? Words)>> _known = new(StringComparer.Ordinal);

    /// <summary>Makes them from the run in which the candidate was judged.</summary>
    public async Task KeepAsync(string folder, string runId, string candidate, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(runId), cancellation) is not { Value: var plan })
        {
            return;
        }

        var words = new Vocabulary();
        foreach (DatasetRow row in await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, Split.Train), cancellation))
        {
            words.Add(row.Text);
        }

        var predictions = new Dictionary<string, Prediction>(StringComparer.Ordinal);
        await foreach (BlobEntry chunk in store.ListAsync(RunPaths.Runs, RunPaths.PredictionsPrefix(runId, candidate), cancellation))
        {
            foreach (Prediction prediction in await store.ReadLinesAsync<Prediction>(chunk.Path, cancellation))
            {
                predictions[prediction.Id] = prediction;
            }
        }

        var counts = new VersionCounts();
        foreach (DatasetRow row in await JudgedRows.ReadAsync(store, BlobPath.Parse(plan.Source), cancellation))
        {
            if (predictions.TryGetValue(row.Id, out Prediction? answer))
            {
                counts.Add(row.Text.Length, words.UnknownShare(row.Text), answer, 0);
            }
        }

        await store.WriteBytesAsync(Words(folder), words.ToBytes(), cancellation: cancellation);
        await store.WriteJsonAsync(Holdout(folder), counts, cancellation: cancellation);
    }

    /// <summary>Null where the version was promoted before they were kept.</summary>
    public async Task<(VersionCounts? Holdout, Vocabulary? Words)> OfAsync(ChampionVersion version)
    {
        if (version.Folder is not { } folder)
        {
            return (null, null);
        }

        Task<(VersionCounts? Holdout, Vocabulary? Words)> reading = _known.GetOrAdd(folder, ReadAsync);
        try
        {
            return await reading;
        }
        catch
        {
            _known.TryRemove(KeyValuePair.Create(folder, reading));
            throw;
        }
    }

    private async Task<(VersionCounts? Holdout, Vocabulary? Words)> ReadAsync(string folder)
    {
        VersionCounts? holdout = (await store.FindJsonAsync<VersionCounts>(Holdout(folder)))?.Value;
        return (holdout, await store.ExistsAsync(Words(folder)) ? Vocabulary.FromBytes(await store.ReadBytesAsync(Words(folder))) : null);
    }

    private static BlobPath Holdout(string folder) => BlobPath.Parse($"{folder}/reference.json");

    private static BlobPath Words(string folder) => BlobPath.Parse($"{folder}/vocabulary.bin");
}
