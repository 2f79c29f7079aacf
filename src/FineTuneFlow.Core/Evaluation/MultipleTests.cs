namespace FineTuneFlow.Core.Evaluation;

/// <summary>Corrections for testing several things at once.</summary>
public static class MultipleTests
{
    /// <summary>S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian J. Statistics 6, 1979: adjusted
    /// p-values in the order given. Comparing one with alpha keeps the chance of any false finding in the family below alpha.</summary>
    public static double[] Holm(IReadOnlyList<double> pValues)
    {
        int[] order = [.. Enumerable.Range(0, pValues.Count).OrderBy(i => pValues[i])];
        var adjusted = new double[pValues.Count];
        double running = 0;
        for (int rank = 0; rank < order.Length; rank++)
        {
            running = Math.Max(running, Math.Min(1, (order.Length - rank) * pValues[order[rank]]));
            adjusted[order[rank]] = running;
        }

        return adjusted;
    }
}
