using System.Collections.Immutable;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Reports;

/// <summary>A training curve, thinned to what a chart can show, raw and smoothed.</summary>
/// <param name="Points">By step.</param>
/// <param name="Checkpoints">As the service kept them.</param>
/// <param name="Steps">Steps of the whole job.</param>
/// <param name="SmoothingSpan">Steps of the moving average's span, a twentieth of the job.</param>
/// <param name="Diagnosis">Whether the training was too long or too short.</param>
public sealed record CurveReport(
    ImmutableArray<CurvePoint> Points, ImmutableArray<CurveCheckpoint> Checkpoints, int Steps, double SmoothingSpan, CurveDiagnosis Diagnosis)
{
    private const int MostPoints = 300;
    private const double SmoothedShare = 0.05;

    /// <summary>Null for a curve without points.</summary>
    public static CurveReport? Of(TrainingCurve? curve)
    {
        if (curve is null || curve.Points.IsDefaultOrEmpty)
        {
            return null;
        }

        ImmutableArray<TrainingPoint> points = [.. curve.Points.OrderBy(point => point.Step)];
        double?[] trainLoss = Smooth(points, point => point.TrainLoss);
        double?[] trainAccuracy = Smooth(points, point => point.TrainAccuracy);
        double?[] validLoss = Smooth(points, point => point.ValidLoss);
        double?[] validAccuracy = Smooth(points, point => point.ValidAccuracy);
        int stride = (points.Length + MostPoints - 1) / MostPoints;
        // Validation figures come every few steps only: a thinning that skipped them would lose the more telling curve, all of it where
        // their steps and the stride never meet.
        int validations = points.Count(IsValidation);
        int validationStride = Math.Max(1, (validations + MostPoints - 1) / MostPoints);
        int validation = 0;
        var kept = ImmutableArray.CreateBuilder<CurvePoint>();
        for (int i = 0; i < points.Length; i++)
        {
            TrainingPoint point = points[i];
            bool telling = IsValidation(point) && validation++ % validationStride == 0;
            if (i % stride == 0 || i == points.Length - 1 || telling)
            {
                kept.Add(new CurvePoint(
                    point.Step,
                    new CurveValues(Finite(point.TrainLoss), Finite(point.TrainAccuracy), Finite(point.ValidLoss), Finite(point.ValidAccuracy)),
                    new CurveValues(trainLoss[i], trainAccuracy[i], validLoss[i], validAccuracy[i])));
            }
        }

        ImmutableArray<CurveCheckpoint> checkpoints = curve.Checkpoints.IsDefault ? [] : [.. curve.Checkpoints.OrderBy(checkpoint => checkpoint.Step)];
        var diagnosis = CurveDiagnosis.Of(
            [.. checkpoints.Where(checkpoint => Finite(checkpoint.ValidLoss) is not null).Select(checkpoint => (checkpoint.Step, checkpoint.ValidLoss!.Value))],
            [.. points.Select((point, i) => (point.Step, point.ValidLoss, Smooth: validLoss[i])).Where(point => Finite(point.ValidLoss) is not null).Select(point => (point.Step, point.Smooth!.Value))]);
        return new CurveReport(kept.ToImmutable(), checkpoints, points[^1].Step, Math.Round(Math.Max(1, points[^1].Step * SmoothedShare), 1), diagnosis);
    }

    private static bool IsValidation(TrainingPoint point) => point.ValidLoss is not null || point.ValidAccuracy is not null;

    // Exponential moving average without the start-up bias (Kingma and Ba, "Adam", ICLR 2015, section 3). Its span is a share of the
    // values that the curve has: validation comes every few steps only, and a span in steps would lag far behind it.
    private static double?[] Smooth(ImmutableArray<TrainingPoint> points, Func<TrainingPoint, double?> value)
    {
        double span = Math.Max(1, points.Count(point => Finite(value(point)) is not null) * SmoothedShare);
        double keep = 1 - (2 / (span + 1));
        (double sum, double weight) = (0, 0);
        var smooth = new double?[points.Length];
        for (int i = 0; i < points.Length; i++)
        {
            if (Finite(value(points[i])) is { } known)
            {
                sum = (keep * sum) + ((1 - keep) * known);
                weight = (keep * weight) + (1 - keep);
                smooth[i] = sum / weight;
            }
        }

        return smooth;
    }

    private static double? Finite(double? value) => value is { } known && double.IsFinite(known) ? known : null;
}

/// <param name="Step">From 1.</param>
/// <param name="Raw">As the job reported them.</param>
/// <param name="Smooth">Exponential moving average of them.</param>
public sealed record CurvePoint(int Step, CurveValues Raw, CurveValues Smooth);

public sealed record CurveValues(double? TrainLoss, double? TrainAccuracy, double? ValidLoss, double? ValidAccuracy);
