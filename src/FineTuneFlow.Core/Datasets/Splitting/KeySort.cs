namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Sorts evenly spread keys with their rows in linear time: into as many buckets as keys by the upper bits, then by
/// insertion within a bucket. Equal keys are ordered by row.</summary>
internal static class KeySort
{
    private const int MaxBucketBits = 20;

    public static void Sort(ulong[] keys, int[] rows)
    {
        int count = keys.Length;
        int bits = 1;
        while (bits < MaxBucketBits && 1 << bits < count)
        {
            bits++;
        }

        int shift = 64 - bits;
        int[] starts = new int[(1 << bits) + 1];
        foreach (ulong key in keys)
        {
            starts[(int)(key >> shift) + 1]++;
        }

        for (int b = 1; b < starts.Length; b++)
        {
            starts[b] += starts[b - 1];
        }

        ulong[] sortedKeys = new ulong[count];
        int[] sortedRows = new int[count];
        int[] filled = starts.AsSpan(0, 1 << bits).ToArray();
        for (int i = 0; i < count; i++)
        {
            int bucket = (int)(keys[i] >> shift);
            Insert(sortedKeys, sortedRows, starts[bucket], filled[bucket]++, keys[i], rows[i]);
        }

        sortedKeys.CopyTo(keys, 0);
        sortedRows.CopyTo(rows, 0);
    }

    private static void Insert(ulong[] keys, int[] rows, int start, int end, ulong key, int row)
    {
        int at = end;
        while (at > start && (keys[at - 1] > key || (keys[at - 1] == key && rows[at - 1] > row)))
        {
            keys[at] = keys[at - 1];
            rows[at] = rows[at - 1];
            at--;
        }

        keys[at] = key;
        rows[at] = row;
    }
}
