using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>The shuffled order of each split's rows; it follows from the texts and the seed, not from the file's order.</summary>
internal static class WriteOrder
{
    /// <returns>Row indexes by <see cref="Split"/>.</returns>
    public static int[][] Of(RowTable rows, int seed, Dictionary<int, int> again, int threads)
    {
        var order = new int[3][];
        var jobs = new JobQueue();
        foreach (Split split in (ReadOnlySpan<Split>)[Split.Train, Split.Validation, Split.Test])
        {
            jobs.Add(() => order[(int)split] = OfSplit(split, rows, seed, again));
        }

        jobs.Run(Math.Min(threads, order.Length));
        return order;
    }

    private static int[] OfSplit(Split split, RowTable rows, int seed, Dictionary<int, int> again)
    {
        var members = new List<int>();
        var keys = new List<ulong>();
        for (int i = 0; i < rows.Count; i++)
        {
            ref Row row = ref rows[i];
            if (row.Outcome != RowOutcome.Used || row.Split != split)
            {
                continue;
            }

            int times = again.Count == 0 ? 1 : 1 + again.GetValueOrDefault(i);
            for (int time = 0; time < times; time++)
            {
                keys.Add(Mixing.Key(row.Hash, seed, Mixing.ShuffleStream, row.Copy + (time << 16)));
                members.Add(i);
            }
        }

        int[] ordered = [.. members];
        KeySort.Sort([.. keys], ordered);
        return ordered;
    }
}
