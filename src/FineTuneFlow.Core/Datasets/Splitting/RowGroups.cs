using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Which rows must stay in one split: rows of one text, near-duplicates, and rows of one group. Union-find by index.</summary>
internal sealed class RowGroups
{
    private readonly RowTable _rows;
    private readonly int[]? _parents;

    public RowGroups(RowTable rows, SplitMethod method, bool keepsConflicts, int[] firstOf, bool near)
    {
        _rows = rows;
        if (method != SplitMethod.Group && !keepsConflicts && !near)
        {
            return;
        }

        _parents = new int[rows.Count];
        for (int i = 0; i < _parents.Length; i++)
        {
            _parents[i] = i;
        }

        var groups = new Dictionary<long, int>();
        for (int i = 0; i < rows.Count; i++)
        {
            if (rows[i].Outcome != RowOutcome.Used)
            {
                continue;
            }

            // Also where the first row itself was left out with a rare class: those that it would have tied together belong together still.
            if (firstOf[i] >= 0)
            {
                Join(i, firstOf[i]);
            }

            if (method == SplitMethod.Group && !groups.TryAdd(rows.SplitKey(i), i))
            {
                Join(i, groups[rows.SplitKey(i)]);
            }
        }
    }

    /// <summary>Used rows that belong together, each list in the order of the file, lists in the order of their first row; rows
    /// that stand alone are not in it.</summary>
    public List<List<int>> Together()
    {
        if (_parents is null)
        {
            return [];
        }

        var members = new Dictionary<int, List<int>>();
        for (int i = 0; i < _rows.Count; i++)
        {
            if (_rows[i].Outcome != RowOutcome.Used)
            {
                continue;
            }

            int root = Root(i);
            if (!members.TryGetValue(root, out List<int>? list))
            {
                members.Add(root, list = []);
            }

            list.Add(i);
        }

        return [.. members.Values.Where(list => list.Count > 1).OrderBy(list => list[0])];
    }

    public bool AreTogether(int a, int b) => Root(a) == Root(b);

    public void Join(int a, int b)
    {
        int first = Root(a);
        int second = Root(b);
        if (first != second)
        {
            _parents![Math.Max(first, second)] = Math.Min(first, second);
        }
    }

    private int Root(int row)
    {
        while (_parents![row] != row)
        {
            _parents[row] = _parents[_parents[row]];
            row = _parents[row];
        }

        return row;
    }
}
