using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Trainer.Data;

/// <summary>Cuts rows into batches of like length, so that little is computed on padding: rows are shuffled, sorted by length inside pools
/// of fifty batches, and the batches are shuffled again.</summary>
internal static class LengthBuckets
{
    private const int BatchesInPool = 50;

    /// <summary>The batches of one epoch, as numbers of rows; the same for the same seed and epoch on every machine.</summary>
    public static List<int[]> Epoch(IReadOnlyList<TrainingRow> rows, int batchSize, int seed, int epoch)
    {
        var random = new StableRandom(((long)seed << 20) + epoch);
        int[] order = [.. Enumerable.Range(0, rows.Count)];
        random.Shuffle(order);
        var batches = new List<int[]>();
        foreach (int[] pool in order.Chunk(batchSize * BatchesInPool))
        {
            batches.AddRange(pool.OrderBy(row => rows[row].Pieces.Length).Chunk(batchSize));
        }

        int[] places = [.. Enumerable.Range(0, batches.Count)];
        random.Shuffle(places);
        return [.. places.Select(place => batches[place])];
    }

    /// <summary>Batches for rows that are only answered: sorted by length, the longest first, so that what does not fit shows at once.</summary>
    public static IEnumerable<int[]> Sorted(IReadOnlyList<TrainingRow> rows, int batchSize) =>
        Enumerable.Range(0, rows.Count).OrderByDescending(row => rows[row].Pieces.Length).Chunk(batchSize);
}
