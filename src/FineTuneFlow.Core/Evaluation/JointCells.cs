using System.Runtime.InteropServices;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>The rows of a holdout grouped by their label and all candidates' answers: rows of one cell are alike to every label
/// score.</summary>
internal sealed class JointCells
{
    // Up to this many possible cells a plain array finds a row's cell faster than a dictionary.
    private const int DirectLimit = 1 << 22;

    public JointCells(int labels, int[] truth, IReadOnlyList<int[]> answers)
    {
        int[] cellOf = Refine([], truth, labels, out int cells);
        foreach (int[] column in answers)
        {
            cellOf = Refine(cellOf, column, labels + 1, out cells);
        }

        Counts = new int[cells];
        Truth = new int[cells];
        Answers = [.. answers.Select(_ => new int[cells])];
        for (int row = 0; row < truth.Length; row++)
        {
            int cell = cellOf[row];
            if (Counts[cell]++ == 0)
            {
                Truth[cell] = truth[row];
                for (int candidate = 0; candidate < Answers.Length; candidate++)
                {
                    Answers[candidate][cell] = answers[candidate][row];
                }
            }
        }
    }

    public int Count => Counts.Length;

    /// <summary>Rows in each cell.</summary>
    public int[] Counts { get; }

    public int[] Truth { get; }

    /// <summary>Each candidate's answer by cell.</summary>
    public int[][] Answers { get; }

    /// <summary>Numbers a candidate's kinds of rows: cells that it does not tell apart (same label, same answer) share one.</summary>
    public (int[] KindOfCell, (int Truth, int Answer)[] Kinds) KindsOf(int candidate)
    {
        var kinds = new List<(int, int)>();
        var numbers = new Dictionary<(int, int), int>();
        var kindOf = new int[Count];
        for (int cell = 0; cell < Count; cell++)
        {
            var kind = (Truth[cell], Answers[candidate][cell]);
            if (!numbers.TryGetValue(kind, out kindOf[cell]))
            {
                numbers.Add(kind, kindOf[cell] = kinds.Count);
                kinds.Add(kind);
            }
        }

        return (kindOf, [.. kinds]);
    }

    // Splits each cell by a column's value; cells are numbered as they are met, so the numbering follows the row order alone.
    private static int[] Refine(int[] cellOf, int[] column, int values, out int cells)
    {
        int before = cellOf.Length == 0 ? 1 : cellOf.Max() + 1;
        var refined = new int[column.Length];
        int next = 0;
        if ((long)before * values <= DirectLimit)
        {
            var numbers = new int[before * values];
            for (int row = 0; row < column.Length; row++)
            {
                ref int number = ref numbers[((cellOf.Length == 0 ? 0 : cellOf[row]) * values) + column[row]];
                if (number == 0)
                {
                    number = ++next;
                }

                refined[row] = number - 1;
            }
        }
        else
        {
            var numbers = new Dictionary<long, int>();
            for (int row = 0; row < column.Length; row++)
            {
                ref int number = ref CollectionsMarshal.GetValueRefOrAddDefault(
                    numbers, ((long)cellOf[row] * values) + column[row], out bool known);
                if (!known)
                {
                    number = next++;
                }

                refined[row] = number;
            }
        }

        cells = next;
        return refined;
    }
}
