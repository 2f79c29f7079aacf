using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>The examples in a prompted candidate's prompt: drawn from the training split, one class after the other so that all
/// are shown before one is shown twice. The same for every row, and never of the holdout.</summary>
public sealed class Shots(IBlobStore store)
{
    public async Task<ImmutableArray<DatasetRow>> DrawAsync(string runId, CandidateRecipe candidate, int seed, CancellationToken cancellation)
    {
        if (candidate.Kind != CandidateKind.Prompt || candidate.Shots == 0)
        {
            return [];
        }

        BlobPath drawn = RunPaths.Shots(runId, candidate.Name);
        if (await store.FindJsonAsync<ImmutableArray<DatasetRow>>(drawn, cancellation) is { } known)
        {
            return known.Value;
        }

        using var content = new MemoryStream(await store.ReadBytesAsync(RunPaths.Rows(runId, Split.Train), cancellation));
        ImmutableArray<DatasetRow> shots = Draw([.. DatasetFiles.ReadRows(content)], candidate.Shots, seed);
        await store.WriteJsonAsync(drawn, shots, cancellation: cancellation);
        return shots;
    }

    /// <summary>Draws by seed; long texts are passed over where shorter ones of the class exist, since every row pays for them.</summary>
    public static ImmutableArray<DatasetRow> Draw(DatasetRow[] rows, int count, int seed)
    {
        new Random(seed ^ 0x1f07).Shuffle(rows);
        Queue<DatasetRow>[] classes =
        [
            .. rows.GroupBy(r => r.Label).OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => new Queue<DatasetRow>(g.Where(r => r.Text.Length <= 400).Concat(g.Where(r => r.Text.Length > 400)))),
        ];
        var shots = ImmutableArray.CreateBuilder<DatasetRow>();
        while (shots.Count < count && classes.Any(c => c.Count > 0))
        {
            foreach (Queue<DatasetRow> one in classes.Where(c => c.Count > 0))
            {
                if (shots.Count < count)
                {
                    shots.Add(one.Dequeue());
                }
            }
        }

        return shots.ToImmutable();
    }
}
