using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>The shuffled order of each split's rows; it follows from the texts and the seed, not from the file's order.</summary>
internal static class WriteOrder
{
    /// <returns>Row indexes by <see cref="Split"/>.</returns>
    public static int[][] Of(RowTable rows, int seed, Dictionary<int, int> again, int threads)
    {
        int[] counts = new int[3];
        for (int i = 0; i < rows.Count; i++)
        {
            counts[(int)rows[i].Split] += rows[i].Outcome == RowOutcome.Used ? Times(again, i) : 0;
        }

        int[][] order = [.. counts.Select(count => new int[count])];
        var jobs = new JobQueue();
        foreach (Split split in (ReadOnlySpan<Split>)[Split.Train, Split.Validation, Split.Test])
        {
            jobs.Add(() => Fill(order[(int)split], split, rows, seed, again));
        }

        jobs.Run(Math.Min(threads, order.Length));
        return order;
    }

    private static void Fill(int[] order, Split split, RowTable rows, int seed, Dictionary<int, int> again)
    {
        ulong[] keys = new ulong[order.Length];
        int filled = 0;
        for (int i = 0; i < rows.Count; i++)
        {
            ref Row row = ref rows[i];
            if (row.Outcome != RowOutcome.Used || row.Split != split)
            {
                continue;
            }

            int times = Times(again, i);
            for (int time = 0; time < times; time++)
            {
                keys[filled] = Mixing.Key(row.Hash, seed, Mixing.ShuffleStream, row.Copy + (time << 16));
                order[filled++] = i;
            }
        }

        KeySort.Sort(keys, order);
    }

    private static int Times(Dictionary<int, int> again, int row) => again.Count == 0 ? 1 : 1 + again.GetValueOrDefault(row);
}
