namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>Draws bootstrap resamples of rows that are alike in groups ("cells"). Drawing n rows with replacement and counting how
/// many fall into each cell is one multinomial draw over the cells, so a million rows in a few hundred cells cost a few hundred
/// binomial draws a resample and the counts have exactly the distribution of resampled rows.</summary>
internal sealed class CellResampler
{
    private readonly int[] counts;
    private readonly int[] largestFirst;
    private readonly int rows;
    // Where most cells hold a row or two, drawing the rows themselves is cheaper; cell of each row, else null.
    private readonly int[]? cellOfRow;

    public CellResampler(int[] counts)
    {
        this.counts = counts;
        rows = counts.Sum();
        const int BinomialCostsRows = 12;
        if (rows < (long)counts.Length * BinomialCostsRows)
        {
            cellOfRow = new int[rows];
            int row = 0;
            for (int cell = 0; cell < counts.Length; cell++)
            {
                cellOfRow.AsSpan(row, counts[cell]).Fill(cell);
                row += counts[cell];
            }
        }

        largestFirst = [.. Enumerable.Range(0, counts.Length).OrderByDescending(cell => counts[cell]).ThenBy(cell => cell)];
    }

    public int Cells => counts.Length;

    /// <summary>Fills <paramref name="weights"/> (one a cell) with the rows of a resample.</summary>
    public void Draw(ref RandomStream random, Span<int> weights)
    {
        weights.Clear();
        if (cellOfRow is not null)
        {
            for (int i = 0; i < rows; i++)
            {
                weights[cellOfRow[random.NextInt(rows)]]++;
            }

            return;
        }

        int left = rows;
        long rest = rows;
        foreach (int cell in largestFirst)
        {
            if (left == 0)
            {
                break;
            }

            int drawn = counts[cell] >= rest ? left : Binomial.Draw(ref random, left, counts[cell] / (double)rest);
            weights[cell] = drawn;
            left -= drawn;
            rest -= counts[cell];
        }
    }
}
