using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Reliability bins and the expected calibration error: M. P. Naeini, G. Cooper and M. Hauskrecht, "Obtaining well calibrated
/// probabilities using Bayesian binning", AAAI 2015; bins of equal width as in Guo et al., "On calibration of modern neural networks",
/// ICML 2017.</summary>
internal sealed class Calibration
{
    // Confidences in one of these strips are resampled as one group with their mean.
    private const int StripsPerBin = 100;

    private readonly ScoringOptions options;
    private readonly int[] counts;
    private readonly int[] bins;
    private readonly bool[] right;
    private readonly double[] confidences;

    /// <param name="confidence">Probability of the predicted label, by row; NaN: left out.</param>
    /// <param name="correct">Whether the prediction is right, by row.</param>
    /// <param name="options">Bins, resamples and level.</param>
    public Calibration(ReadOnlySpan<double> confidence, Func<int, bool> correct, ScoringOptions options)
    {
        this.options = options;
        int strips = options.ReliabilityBins * StripsPerBin;
        var rows = new int[strips * 2];
        var sums = new double[strips * 2];
        for (int i = 0; i < confidence.Length; i++)
        {
            if (!double.IsNaN(confidence[i]))
            {
                int strip = Math.Min(strips - 1, (int)(confidence[i] * strips));
                int cell = (strip * 2) + (correct(i) ? 1 : 0);
                rows[cell]++;
                sums[cell] += confidence[i];
            }
        }

        int[] used = [.. Enumerable.Range(0, rows.Length).Where(cell => rows[cell] > 0)];
        counts = [.. used.Select(cell => rows[cell])];
        bins = [.. used.Select(cell => cell / 2 / StripsPerBin)];
        right = [.. used.Select(cell => cell % 2 == 1)];
        confidences = [.. used.Select(cell => sums[cell] / rows[cell])];
    }

    public bool IsEmpty => counts.Length == 0;

    public ImmutableArray<ReliabilityBin> Bins()
    {
        var (rows, hits, sums) = Gather(counts);
        return
        [
            .. Enumerable.Range(0, rows.Length).Where(bin => rows[bin] > 0).Select(bin => new ReliabilityBin(
                bin / (double)rows.Length,
                (bin + 1) / (double)rows.Length,
                rows[bin],
                sums[bin] / rows[bin],
                hits[bin] / (double)rows[bin],
                Proportions.Wilson(hits[bin], rows[bin], options.Alpha)!)),
        ];
    }

    /// <summary>Mean distance of confidence and accuracy over the bins, weighted by their rows; 0 to 1.</summary>
    public double Error() => Error(counts);

    public Interval? ErrorInterval()
    {
        if (options.Resamples == 0)
        {
            return null;
        }

        var resampler = new CellResampler(counts);
        var replicates = new double[options.Resamples];
        Parallel.For(
            0,
            replicates.Length,
            () => new int[counts.Length],
            (r, _, weights) =>
            {
                var random = new RandomStream(options.Seed, (ulong)r);
                resampler.Draw(ref random, weights);
                replicates[r] = Error(weights);
                return weights;
            },
            _ => { });
        return Bca.Interval(Error(), replicates, acceleration: 0, options.Alpha);
    }

    private double Error(ReadOnlySpan<int> weights)
    {
        var (rows, hits, sums) = Gather(weights);
        (double error, long total) = (0, 0);
        for (int bin = 0; bin < rows.Length; bin++)
        {
            error += Math.Abs(sums[bin] - hits[bin]);
            total += rows[bin];
        }

        return error / total;
    }

    private (int[] Rows, int[] Hits, double[] Sums) Gather(ReadOnlySpan<int> weights)
    {
        var rows = new int[options.ReliabilityBins];
        var hits = new int[options.ReliabilityBins];
        var sums = new double[options.ReliabilityBins];
        for (int i = 0; i < weights.Length; i++)
        {
            rows[bins[i]] += weights[i];
            hits[bins[i]] += right[i] ? weights[i] : 0;
            sums[bins[i]] += weights[i] * confidences[i];
        }

        return (rows, hits, sums);
    }
}
