using System.Globalization;

namespace FineTuneFlow.Core.Training;

/// <summary>What a training curve says about the length of the training, by the loss on the validation split: the one figure of a job
/// that rises when a model begins to learn its training rows by heart.</summary>
/// <param name="Health">In a word.</param>
/// <param name="Checkpoint">Over-fitted: from which checkpoint on, counted from 1; null where checkpoints tell no loss.</param>
/// <param name="Words">For a person.</param>
public sealed record CurveDiagnosis(CurveHealth Health, int? Checkpoint, string Words)
{
    /// <summary>Relative differences below it are noise: validation losses are taken over some hundred rows.</summary>
    private const double Telling = 0.02;

    /// <summary>Fewer validation points than this make no curve.</summary>
    private const int FewestPoints = 6;

    /// <summary>By the checkpoints where the job tells a loss for at least two of them, else by the smoothed curve.</summary>
    /// <param name="checkpoints">Step and validation loss, by step.</param>
    /// <param name="curve">Step and smoothed validation loss, by step.</param>
    public static CurveDiagnosis Of(IReadOnlyList<(int Step, double Loss)> checkpoints, IReadOnlyList<(int Step, double Loss)> curve)
    {
        bool byCheckpoint = checkpoints.Count >= 2;
        IReadOnlyList<(int Step, double Loss)> points = byCheckpoint ? checkpoints : curve;
        if (!byCheckpoint && points.Count < FewestPoints)
        {
            return new CurveDiagnosis(CurveHealth.Unknown, null, "cannot be told: the job reports too few validation losses");
        }

        int best = 0;
        for (int i = 1; i < points.Count; i++)
        {
            best = points[i].Loss < points[best].Loss ? i : best;
        }

        (int lastStep, double last) = points[^1];
        double least = points[best].Loss;
        if (last > least * (1 + Telling))
        {
            // The first that is worse than the best one by more than noise.
            int from = Enumerable.Range(best + 1, points.Count - best - 1).First(i => points[i].Loss > least * (1 + Telling));
            string place = byCheckpoint ? $"checkpoint {from + 1} (step {points[from].Step})" : $"about step {points[from].Step}";
            return new CurveDiagnosis(
                CurveHealth.Overfitted,
                byCheckpoint ? from + 1 : null,
                $"over-fitted from {place} on: the validation loss was lowest at step {points[best].Step} ({Shown(least)}) and ended at {Shown(last)}");
        }

        // Whole checkpoints are compared with the one before; a curve with where it stood after four fifths of it.
        double before = points[byCheckpoint ? points.Count - 2 : points.Count * 4 / 5].Loss;
        return last < before * (1 - Telling)
            ? new CurveDiagnosis(
                CurveHealth.Improving, null, $"healthy and still learning: the validation loss was still falling at the end (step {lastStep}, {Shown(last)}), so more epochs may help")
            : new CurveDiagnosis(CurveHealth.Healthy, null, $"healthy: the validation loss has settled at {Shown(last)} (step {lastStep})");
    }

    private static string Shown(double loss) => loss.ToString("0.###", CultureInfo.InvariantCulture);
}

public enum CurveHealth
{
    /// <summary>No or too few validation losses.</summary>
    Unknown,
    /// <summary>Settled at its lowest.</summary>
    Healthy,
    /// <summary>Still falling at the end.</summary>
    Improving,
    /// <summary>Lowest before the end.</summary>
    Overfitted,
}
