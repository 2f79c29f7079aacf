namespace FineTuneFlow.Core.Evaluation.Statistics;

/// <summary>Draws bootstrap resamples of rows that are alike in groups ("cells"). Drawing n rows with replacement and counting how
/// many fall into each cell is one multinomial draw over the cells, so a million rows in a few hundred cells cost a few hundred
/// binomial draws a resample and the counts have exactly the distribution of resampled rows.</summary>
internal sealed class CellResampler
{
    private readonly int[] _counts;
    private readonly int[] _largestFirst;
    private readonly int _rows;
    // Where most cells hold a row or two, drawing the rows themselves is cheaper; cell of each row, else null.
    private readonly int[]? _cellOfRow;

    public CellResampler(int[] counts)
    {
        _counts = counts;
        _rows = counts.Sum();
        const int BinomialCostsRows = 12;
        if (_rows < (long)counts.Length * BinomialCostsRows)
        {
            _cellOfRow = new int[_rows];
            int row = 0;
            for (int cell = 0; cell < counts.Length; cell++)
            {
                _cellOfRow.AsSpan(row, counts[cell]).Fill(cell);
                row += counts[cell];
            }
        }

        _largestFirst = [.. Enumerable.Range(0, counts.Length).OrderByDescending(cell => counts[cell])];
    }

    public int Cells => _counts.Length;

    /// <summary>Fills <paramref name="weights"/> (one a cell) with the rows of a resample.</summary>
    public void Draw(ref RandomStream random, Span<int> weights)
    {
        weights.Clear();
        if (_cellOfRow is not null)
        {
            for (int i = 0; i < _rows; i++)
            {
                weights[_cellOfRow[random.NextInt(_rows)]]++;
            }

            return;
        }

        int left = _rows;
        long rest = _rows;
        foreach (int cell in _largestFirst)
        {
            // The last cell that has rows is all of the rest, and takes what is left.
            int drawn = Binomial.Draw(ref random, left, _counts[cell] / (double)rest);
            weights[cell] = drawn;
            left -= drawn;
            rest -= _counts[cell];
        }
    }
}
