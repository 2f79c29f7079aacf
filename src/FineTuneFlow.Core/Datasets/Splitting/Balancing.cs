using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Class weights, and the training rows made equally many a class where the recipe asks for it.</summary>
internal static class Balancing
{
    /// <summary>n / (k * n_class), as scikit-learn's "balanced", by label in ordinal order.</summary>
    public static SortedList<string, double> Weights(long[] counts, IReadOnlyList<string> labels)
    {
        long total = 0;
        int classes = 0;
        foreach (long count in counts)
        {
            total += count;
            classes += count > 0 ? 1 : 0;
        }

        var weights = new SortedList<string, double>(StringComparer.Ordinal);
        for (int l = 0; l < counts.Length; l++)
        {
            if (counts[l] > 0)
            {
                weights.Add(labels[l], (double)total / (classes * counts[l]));
            }
        }

        return weights;
    }

    /// <summary>Undersampling sets the outcome of the rows left out; oversampling gives the rows to write more than once.</summary>
    /// <returns>How many times more each row is written, for rows written again.</returns>
    public static Dictionary<int, int> Apply(RowTable rows, int labels, Balance balance, int seed)
    {
        var again = new Dictionary<int, int>();
        if (balance == Balance.None)
        {
            return again;
        }

        var perClass = new List<(ulong Key, int Row)>[labels];
        for (int i = 0; i < rows.Count; i++)
        {
            if (IsTrain(rows[i]))
            {
                (perClass[rows[i].Label] ??= []).Add((Mixing.Key(rows[i].Hash, seed, Mixing.BalanceStream, rows[i].Copy), i));
            }
        }

        var classes = perClass.Where(list => list is not null).ToList();
        int least = classes.Min(list => list.Count);
        int most = classes.Max(list => list.Count);
        foreach (List<(ulong Key, int Row)> list in classes)
        {
            list.Sort();
            if (balance == Balance.Undersample)
            {
                foreach (var (_, row) in list.Skip(least))
                {
                    rows[row].Outcome = RowOutcome.Balance;
                }
            }
            else
            {
                for (int i = list.Count; i < most; i++)
                {
                    int row = list[i % list.Count].Row;
                    again[row] = again.GetValueOrDefault(row) + 1;
                }
            }
        }

        return again;
    }

    public static long[] TrainCounts(RowTable rows, int labels)
    {
        long[] counts = new long[labels];
        for (int i = 0; i < rows.Count; i++)
        {
            counts[rows[i].Label] += IsTrain(rows[i]) ? 1 : 0;
        }

        return counts;
    }

    private static bool IsTrain(in Row row) => row is { Outcome: RowOutcome.Used, Split: Split.Train };
}
