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

    private readonly ScoringOptions _options;
    private readonly int[] _counts;
    private readonly int[] _bins;
    private readonly bool[] _right;
    private readonly double[] _confidences;

    /// <param name="confidence">Probability of the predicted label, by row; NaN: left out.</param>
    /// <param name="correct">Whether the prediction is right, by row.</param>
    /// <param name="options">Bins, resamples and level.</param>
    public Calibration(ReadOnlySpan<double> confidence, Func<int, bool> correct, ScoringOptions options)
    {
        _options = options;
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
        _counts = [.. used.Select(cell => rows[cell])];
        _bins = [.. used.Select(cell => cell / 2 / StripsPerBin)];
        _right = [.. used.Select(cell => cell % 2 == 1)];
        _confidences = [.. used.Select(cell => sums[cell] / rows[cell])];
    }

    public bool IsEmpty => _counts.Length == 0;

    public ImmutableArray<ReliabilityBin> Bins()
    {
        var (rows, hits, sums) = Gather(_counts);
        return
        [
            .. Enumerable.Range(0, rows.Length).Where(bin => rows[bin] > 0).Select(bin => new ReliabilityBin(
                bin / (double)rows.Length,
                (bin + 1) / (double)rows.Length,
                rows[bin],
                sums[bin] / rows[bin],
                hits[bin] / (double)rows[bin],
                Proportions.Wilson(hits[bin], rows[bin], _options.Alpha)!)),
        ];
    }

    /// <summary>Mean distance of confidence and accuracy over the bins, weighted by their rows; 0 to 1.</summary>
    public double Error() => Error(_counts);

    public Interval? ErrorInterval()
    {
        if (_options.Resamples == 0)
        {
            return null;
        }

        var resampler = new CellResampler(_counts);
        var replicates = new double[_options.Resamples];
        Parallel.For(
            0,
            replicates.Length,
            () => new int[_counts.Length],
            (r, _, weights) =>
            {
                var random = new RandomStream(_options.Seed, (ulong)r);
                resampler.Draw(ref random, weights);
                replicates[r] = Error(weights);
                return weights;
            },
            _ => { });
        return Bca.Interval(Error(), replicates, acceleration: 0, _options.Alpha);
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
        var rows = new int[_options.ReliabilityBins];
        var hits = new int[_options.ReliabilityBins];
        var sums = new double[_options.ReliabilityBins];
        for (int i = 0; i < weights.Length; i++)
        {
            rows[_bins[i]] += weights[i];
            hits[_bins[i]] += _right[i] ? weights[i] : 0;
            sums[_bins[i]] += weights[i] * _confidences[i];
        }

        return (rows, hits, sums);
    }
}
