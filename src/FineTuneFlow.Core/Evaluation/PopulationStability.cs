using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>The population stability index of two samples of counts, and the test that belongs to it: without drift the index over
/// (1/n + 1/m) is asymptotically chi-square with one degree less than there are groups (B. Yurdakul, J. Naranjo, "Statistical properties
/// of the population stability index", Journal of Risk Model Validation 14, 2020).</summary>
/// <param name="Index">Sum of (p - q) ln(p / q) over the groups; 0: alike; by custom 0.1 is some drift and 0.2 much.</param>
/// <param name="PValue">Of "both are drawn from one population".</param>
/// <param name="RowsNeeded">Rows of the new sample from which an index at the threshold is found at the level; null: none would be
/// enough, since the reference is too small.</param>
public sealed record PopulationStability(double Index, double PValue, long? RowsNeeded)
{
    // A group that one side does not have has no ratio: half a row on both sides.
    private const double Smoothing = 0.5;

    /// <param name="reference">Counts by group.</param>
    /// <param name="sample">Counts by group, in the same order.</param>
    /// <param name="threshold">Index that would count as drift; for <see cref="RowsNeeded"/>.</param>
    /// <param name="alpha">Level of the test; for <see cref="RowsNeeded"/>.</param>
    /// <returns>Null where one of them is empty, or there is one group only.</returns>
    public static PopulationStability? Of(IReadOnlyList<long> reference, IReadOnlyList<long> sample, double threshold, double alpha)
    {
        int[] groups = [.. Enumerable.Range(0, reference.Count).Where(i => reference[i] > 0 || sample[i] > 0)];
        (long m, long n) = (reference.Sum(), sample.Sum());
        if (m == 0 || n == 0 || groups.Length < 2)
        {
            return null;
        }

        double index = 0;
        double added = Smoothing * groups.Length;
        foreach (int i in groups)
        {
            double q = (reference[i] + Smoothing) / (m + added);
            double p = (sample[i] + Smoothing) / (n + added);
            index += (p - q) * Math.Log(p / q);
        }

        int degrees = groups.Length - 1;
        double needed = (threshold / ChiSquare.TailQuantile(alpha, degrees)) - (1.0 / m);
        return new PopulationStability(index, ChiSquare.Tail(index / ((1.0 / n) + (1.0 / m)), degrees), needed > 0 ? (long)Math.Ceiling(1 / needed) : null);
    }
}
