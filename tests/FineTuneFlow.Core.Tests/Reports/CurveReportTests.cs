using System.Collections.Immutable;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Reports;

public sealed class CurveReportTests
{
    [Fact]
    public void Smoothing_follows_a_sparse_validation_curve_as_closely_as_a_dense_training_curve()
    {
        // Both fall alike; validation is measured at every fortieth step only.
        TrainingPoint[] points = [.. Enumerable.Range(1, 2000).Select(step => new TrainingPoint(step, Loss(step), null, step % 40 == 0 ? Loss(step) : null, null))];

        CurveReport curve = CurveReport.Of(new TrainingCurve([.. points], [new CurveCheckpoint(1000, "half"), new CurveCheckpoint(2000, "end")]))!;

        foreach (CurvePoint point in curve.Points.Where(point => point.Step > 400 && point.Raw.ValidLoss is not null))
        {
            point.Smooth.ValidLoss!.Value.ShouldBe(point.Raw.ValidLoss!.Value, 0.08 * Loss(point.Step), $"step {point.Step}");
            point.Smooth.TrainLoss!.Value.ShouldBe(point.Raw.TrainLoss!.Value, 0.08 * Loss(point.Step), $"step {point.Step}");
        }

        curve.SmoothingSpan.ShouldBe(100);
        curve.Checkpoints.Length.ShouldBe(2);
    }

    [Fact]
    public void A_long_curve_is_thinned_and_keeps_its_end_and_every_validation_point()
    {
        TrainingPoint[] points = [.. Enumerable.Range(1, 60_000).Select(step => new TrainingPoint(step, Loss(step), null, step % 1000 == 0 ? 1 : null, null))];

        CurveReport curve = CurveReport.Of(new TrainingCurve([.. points.Reverse()], []))!;

        curve.Points.Length.ShouldBeLessThan(600);
        curve.Points[^1].Step.ShouldBe(60_000);
        curve.Points.Count(point => point.Raw.ValidLoss is not null).ShouldBe(60);
        curve.Points.Select(point => point.Step).ShouldBeInOrder();
    }

    [Fact]
    public void A_validation_curve_is_kept_however_its_steps_lie_to_those_that_are_kept()
    {
        TrainingPoint[] points = [.. Enumerable.Range(1, 7065).Select(step => new TrainingPoint(step, Loss(step), null, step % 20 == 5 ? 1 : null, null))];

        CurveReport curve = CurveReport.Of(new TrainingCurve([.. points], []))!;

        curve.Points.Count(point => point.Raw.ValidLoss is not null).ShouldBeInRange(150, 300);
        curve.Points.Length.ShouldBeLessThan(620);
    }

    [Fact]
    public void Noise_is_smoothed_without_a_bias_at_the_start()
    {
        var random = new Random(5);
        TrainingPoint[] points = [.. Enumerable.Range(1, 400).Select(step => new TrainingPoint(step, 2 + ((random.NextDouble() - 0.5) / 2), null, null, null))];

        CurveReport curve = CurveReport.Of(new TrainingCurve([.. points], []))!;

        double Spread(Func<CurvePoint, double> value) => curve.Points.Skip(20).Select(point => Math.Abs(value(point) - 2)).Average();
        Spread(point => point.Smooth.TrainLoss!.Value).ShouldBeLessThan(Spread(point => point.Raw.TrainLoss!.Value) / 2);
        curve.Points[0].Smooth.TrainLoss.ShouldBe(curve.Points[0].Raw.TrainLoss);
    }

    [Fact]
    public void Values_that_are_no_numbers_are_left_out_and_no_curve_is_none()
    {
        CurveReport.Of(null).ShouldBeNull();
        CurveReport.Of(new TrainingCurve(ImmutableArray<TrainingPoint>.Empty, [])).ShouldBeNull();
        CurveReport curve = CurveReport.Of(new TrainingCurve([new TrainingPoint(1, double.NaN, null, null, null), new TrainingPoint(2, 1, null, null, null)], []))!;

        curve.Points[0].Raw.TrainLoss.ShouldBeNull();
        curve.Points[1].Smooth.TrainLoss!.Value.ShouldBe(1, 1e-12);
    }

    private static double Loss(int step) => 0.5 + (2 * Math.Exp(-step / 700.0));
}
