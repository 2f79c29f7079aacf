using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class CascadeTests
{
    [Fact]
    public void The_ends_are_either_model_alone()
    {
        CascadePoint[] points = [.. Cascade.Of([(true, 0.9), (false, 0.6), (true, 0.8), (false, 0.5)], [true, true, false, true], 1, 10)];

        points[0].ShouldBe(new CascadePoint(0, 0, 0.5, 1));
        points[^1].ShouldBe(new CascadePoint(1, 1, 0.75, 11));
    }

    [Fact]
    public void Between_them_the_least_confident_rows_go_on_first()
    {
        CascadePoint[] points = [.. Cascade.Of([(true, 0.9), (false, 0.6), (true, 0.8), (false, 0.5)], [true, true, false, true], 1, 10)];

        // 0.5 goes on: right now. Then 0.6: right as well. Then 0.8, which the large model gets wrong.
        points.Select(point => (point.Threshold, point.Passed, point.Accuracy)).ShouldBe([(0, 0, 0.5), (0.6, 0.25, 0.75), (0.8, 0.5, 1), (0.9, 0.75, 0.75), (1, 1, 0.75)]);
        points[2].UsdPerThousand.ShouldBe(6);
    }

    [Fact]
    public void Rows_of_one_confidence_are_not_parted()
    {
        CascadePoint[] points = [.. Cascade.Of([(false, 0.7), (false, 0.7), (true, 0.7)], [true, true, true], 0, 1)];

        points.Select(point => point.Passed).ShouldBe([0, 1]);
    }

    [Fact]
    public void Every_point_is_what_applying_its_threshold_gives()
    {
        var random = new Random(7);
        (bool Correct, double Confidence)[] small = [.. Enumerable.Range(0, 1000).Select(_ => (random.NextDouble() < 0.7, Math.Round(random.NextDouble(), 2)))];
        bool[] large = [.. Enumerable.Range(0, 1000).Select(_ => random.NextDouble() < 0.9)];

        CascadePoint[] points = [.. Cascade.Of(small, large, 1, 5)];

        points.Length.ShouldBeInRange(20, 52);
        foreach (CascadePoint point in points[..^1])
        {
            int right = Enumerable.Range(0, 1000).Count(row => small[row].Confidence >= point.Threshold ? small[row].Correct : large[row]);
            point.Accuracy.ShouldBe(right / 1000.0, 1e-12);
            point.Passed.ShouldBe(small.Count(row => row.Confidence < point.Threshold) / 1000.0, 1e-12);
        }
    }

    [Fact]
    public void Without_rows_there_is_nothing_to_tell() => Cascade.Of([], [], 1, 1).ShouldBeEmpty();
}
