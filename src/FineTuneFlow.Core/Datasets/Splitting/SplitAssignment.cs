using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Puts each used row in a split. Rows that belong together get the same one.</summary>
internal sealed class SplitAssignment(RowTable rows, int labels, SplitRecipe recipe, List<List<int>> together, int threads)
{
    private readonly Split[] _order = [Split.Test, Split.Validation, Split.Train];

    /// <summary>Rows whose own split was changed because their text or group stands in another one (method column).</summary>
    public int Moved { get; private set; }

    /// <summary>Splits that the split column did not hold, taken from the training rows (method column).</summary>
    public List<Split> Carved { get; } = [];

    public void Assign()
    {
        switch (recipe.Method)
        {
            case SplitMethod.Stable:
                Stable();
                break;
            case SplitMethod.Column:
                Column();
                break;
            case SplitMethod.Time:
                Time();
                break;
            case SplitMethod.Group:
                Stratify(UsedRows(), recipe.Test, recipe.Validation, byClass: false);
                break;
            default:
                Stratify(UsedRows(), recipe.Test, recipe.Validation, byClass: true);
                break;
        }
    }

    /// <summary>A row's split follows from its text and the seed alone; rows together follow the first of them.</summary>
    private void Stable()
    {
        for (int i = 0; i < rows.Count; i++)
        {
            double u = Mixing.Unit(Mixing.Key(rows[i].Hash, recipe.Seed, Mixing.SplitStream));
            rows[i].Split = u < recipe.Test ? Split.Test : u < recipe.Test + recipe.Validation ? Split.Validation : Split.Train;
        }

        foreach (List<int> group in together)
        {
            foreach (int row in group)
            {
                rows[row].Split = rows[group[0]].Split;
            }
        }
    }

    private void Column()
    {
        long[] counts = new long[3];
        foreach (int i in UsedRows())
        {
            rows[i].Split = (Split)rows.SplitKey(i);
        }

        foreach (List<int> group in together)
        {
            // The published holdout stays whole; what also stands there leaves the training rows.
            Split split = (Split)group.Max(i => (int)rows[i].Split);
            foreach (int i in group)
            {
                Moved += rows[i].Split == split ? 0 : 1;
                rows[i].Split = split;
            }
        }

        foreach (int i in UsedRows())
        {
            counts[(int)rows[i].Split]++;
        }

        Carved.AddRange(new[] { Split.Validation, Split.Test }.Where(s => counts[(int)s] == 0));
        if (Carved.Count > 0)
        {
            List<int> train = [.. UsedRows().Where(i => rows[i].Split == Split.Train)];
            Stratify(
                train, Carved.Contains(Split.Test) ? recipe.Test : 0, Carved.Contains(Split.Validation) ? recipe.Validation : 0, byClass: true);
        }
    }

    /// <summary>The newest rows are the holdout, the ones before them validation.</summary>
    private void Time()
    {
        List<int> used = UsedRows();
        var keys = used.Select(i => (Time: rows.SplitKey(i), Key: KeyOf(i), Row: i)).ToArray();
        Array.Sort(keys, (a, b) => (b.Time, b.Key, b.Row).CompareTo((a.Time, a.Key, a.Row)));
        int test = Share(keys.Length, recipe.Test);
        int validation = Share(keys.Length, recipe.Validation);
        for (int i = 0; i < keys.Length; i++)
        {
            rows[keys[i].Row].Split = i < test ? Split.Test : i < test + validation ? Split.Validation : Split.Train;
        }

        foreach (List<int> group in together)
        {
            // The oldest split of the group: a copy of an old text is not a test of the future.
            Split split = (Split)group.Min(i => (int)rows[i].Split);
            group.ForEach(i => rows[i].Split = split);
        }
    }

    /// <summary>Exact counts by class: rows together first, each group where it is missed most, then single rows by key.</summary>
    private void Stratify(List<int> members, double test, double validation, bool byClass)
    {
        int classes = byClass ? labels : 1;
        int ClassOf(int row) => byClass ? rows[row].Label : 0;
        long[] totals = new long[classes];
        members.ForEach(i => totals[ClassOf(i)]++);
        var left = new long[classes][];
        for (int c = 0; c < classes; c++)
        {
            long inTest = test > 0 ? Share(totals[c], test) : 0;
            long inValidation = validation > 0 ? Share(totals[c], validation) : 0;
            left[c] = [totals[c] - inTest - inValidation, inValidation, inTest];
        }

        var placed = new HashSet<int>();
        foreach (List<int> group in together.Count == 0 ? together : LargestFirst(members))
        {
            Split split = new[] { Split.Train, Split.Validation, Split.Test }.MaxBy(s => group.Sum(i => left[ClassOf(i)][(int)s]));
            foreach (int i in group)
            {
                rows[i].Split = split;
                left[ClassOf(i)][(int)split]--;
                placed.Add(i);
            }
        }

        bool IsSingle(int row) => placed.Count == 0 || !placed.Contains(row);
        int[] counts = new int[classes];
        members.ForEach(i => counts[ClassOf(i)] += IsSingle(i) ? 1 : 0);
        int[][] singles = [.. counts.Select(count => new int[count])];
        int[] filled = new int[classes];
        foreach (int i in members)
        {
            if (IsSingle(i))
            {
                singles[ClassOf(i)][filled[ClassOf(i)]++] = i;
            }
        }

        var jobs = new JobQueue();
        for (int c = 0; c < classes; c++)
        {
            int of = c;
            jobs.Add(() => Fill(singles[of], left[of]));
        }

        jobs.Run(Math.Min(threads, classes));
    }

    private IEnumerable<List<int>> LargestFirst(List<int> members)
    {
        var isMember = new HashSet<int>(members);
        return together
            .Where(g => isMember.Contains(g[0]))
            .OrderByDescending(g => g.Count)
            .ThenBy(g => KeyOf(g[0]))
            .ThenBy(g => g[0]);
    }

    /// <summary>Single rows of one class, by key: the holdout first.</summary>
    private void Fill(int[] singles, long[] left)
    {
        ulong[] keys = new ulong[singles.Length];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = KeyOf(singles[i]);
        }

        KeySort.Sort(keys, singles);
        int at = 0;
        foreach (Split split in _order)
        {
            for (long count = left[(int)split]; count > 0 && at < singles.Length; count--)
            {
                rows[singles[at++]].Split = split;
            }
        }
    }

    /// <summary>A share in whole rows, at least one where three rows or more are shared out.</summary>
    private static int Share(long rows, double share) =>
        (int)Math.Max(rows >= 3 ? 1 : 0, Math.Round(rows * share, MidpointRounding.AwayFromZero));

    private ulong KeyOf(int row) => Mixing.Key(rows[row].Hash, recipe.Seed, Mixing.SplitStream, rows[row].Copy);

    private List<int> UsedRows()
    {
        var used = new List<int>(rows.Count);
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Outcome == RowOutcome.Used)
            {
                used.Add(i);
            }
        }

        return used;
    }
}
