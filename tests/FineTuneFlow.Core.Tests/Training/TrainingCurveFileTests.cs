using System.Collections.Immutable;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

public sealed class TrainingCurveFileTests
{
    [Theory]
    [InlineData("step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy")]
    [InlineData("step,train_loss,train_mean_token_accuracy,validation_loss,validation_mean_token_accuracy")]
    public void Columns_are_found_by_any_of_their_names(string header)
    {
        TrainingCurveFile.TryRead(header + "\n1,0.5,0.7,0.6,0.65\n2,0.4,0.8,,\n", out ImmutableArray<TrainingPoint> points).ShouldBeTrue();

        points.ShouldBe([new TrainingPoint(1, 0.5, 0.7, 0.6, 0.65), new TrainingPoint(2, 0.4, 0.8, null, null)]);
    }

    [Fact]
    public void Order_of_columns_does_not_matter()
    {
        TrainingCurveFile.TryRead("train_loss,step\n0.5,7\n", out ImmutableArray<TrainingPoint> points).ShouldBeTrue();

        points.ShouldBe([new TrainingPoint(7, 0.5, null, null, null)]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("loss,accuracy\n1,2\n")]
    [InlineData("c3RlcCx0cmFpbl9sb3NzCg==")]
    public void What_is_no_result_file_is_not_taken_for_one(string content) =>
        TrainingCurveFile.TryRead(content, out _).ShouldBeFalse();

    [Fact]
    public void What_is_written_reads_back()
    {
        var curve = new TrainingCurve([new TrainingPoint(1, 1.25, 0.5, null, null), new TrainingPoint(2, 1, 0.75, 1.5, 0.25)], []);

        TrainingCurveFile.TryRead(TrainingCurveFile.Write(curve), out ImmutableArray<TrainingPoint> points).ShouldBeTrue();

        points.ShouldBe(curve.Points);
    }
}
