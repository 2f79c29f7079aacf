using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Datasets.Writing;

/// <summary>The shuffled order of each split's rows; it follows from the texts and the seed, not from the file's order.</summary>
internal static class WriteOrder
{
    /// <returns>Row indexes by <see cref="Split"/>.</returns>
    public static int[][] Of(RowTable rows, int seed, Dictionary<int, int> again)
    {
        int[] counts = new int[3];
        for (int i = 0; i < rows.Count; i++)
        {
            counts[(int)rows[i].Split] += rows[i].Outcome == RowOutcome.Used ? 1 + again.GetValueOrDefault(i) : 0;
        }

        ulong[][] keys = [.. counts.Select(count => new ulong[count])];
        int[][] order = [.. counts.Select(count => new int[count])];
        int[] filled = new int[3];
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Outcome != RowOutcome.Used)
            {
                continue;
            }

            int split = (int)rows[i].Split;
            int times = 1 + again.GetValueOrDefault(i);
            for (int time = 0; time < times; time++)
            {
                keys[split][filled[split]] = Mixing.Key(rows[i].Hash, seed, Mixing.ShuffleStream, rows[i].Copy + (time << 16));
                order[split][filled[split]++] = i;
            }
        }

        for (int split = 0; split < 3; split++)
        {
            KeySort.Sort(keys[split], order[split]);
        }

        return order;
    }
}
