namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Sorts evenly spread keys with their rows in linear time: into half as many buckets as keys by the upper bits, then
/// by insertion, which moves nothing beyond its bucket. Equal keys are ordered by row.</summary>
internal static class KeySort
{
    private const int MaxBucketBits = 20;

    public static void Sort(ulong[] keys, int[] rows)
    {
        int bits = 1;
        while (bits < MaxBucketBits && 2 << bits < keys.Length)
        {
            bits++;
        }

        int shift = 64 - bits;
        // Where the next key of each bucket goes.
        int[] next = new int[(1 << bits) + 1];
        foreach (ulong key in keys)
        {
            next[(int)(key >> shift) + 1]++;
        }

        for (int b = 1; b < next.Length; b++)
        {
            next[b] += next[b - 1];
        }

        ulong[] sortedKeys = new ulong[keys.Length];
        int[] sortedRows = new int[keys.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            int at = next[(int)(keys[i] >> shift)]++;
            sortedKeys[at] = keys[i];
            sortedRows[at] = rows[i];
        }

        for (int i = 0; i < keys.Length; i++)
        {
            Insert(keys, rows, i, sortedKeys[i], sortedRows[i]);
        }
    }

    /// <summary>Puts a key where it belongs among the ones before it.</summary>
    private static void Insert(ulong[] keys, int[] rows, int at, ulong key, int row)
    {
        while (at > 0 && (keys[at - 1] > key || (keys[at - 1] == key && rows[at - 1] > row)))
        {
            keys[at] = keys[at - 1];
            rows[at] = rows[at - 1];
            at--;
        }

        keys[at] = key;
        rows[at] = row;
    }
}
