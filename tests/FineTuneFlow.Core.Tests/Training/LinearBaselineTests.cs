using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Training;

public sealed class LinearBaselineTests
{
    [Fact]
    public void It_beats_the_majority()
    {
        List<LabelledText> test = StarReviews.Make(500, seed: 3);

        LinearClassifier baseline = LinearBaseline.Train(StarReviews.Make(900, seed: 1), StarReviews.Make(300, seed: 2), seed: 7);

        test.Count(row => baseline.Predict(row.Text) == row.Label).ShouldBeGreaterThan(250);
    }

    [Fact]
    public void It_stops_when_the_validation_loss_rises()
    {
        // Labels that have nothing to do with the texts: from the first epoch on there is nothing but noise to learn.
        List<LabelledText> noise = [.. StarReviews.Make(600, seed: 1).Select((row, i) => row with { Label = $"{(i * 7919) % 5}" })];
        int steps = 0;

        LinearBaseline.Train(noise[..400], noise[400..], seed: 7, _ => steps++);

        steps.ShouldBeLessThan(12 * 25);
    }

    [Fact]
    public void It_needs_no_validation_rows()
    {
        LinearBaseline.Train(StarReviews.Make(100, seed: 1), [], seed: 7).Labels.Length.ShouldBe(5);
    }

    [Theory]
    [InlineData("app_reviews_k9_wordpress.csv", 0.12)]
    [InlineData("amazon_reviews_multi_en_dev.csv", 0.24)]
    public void It_beats_the_majority_class_clearly_on_real_reviews(string file, double margin)
    {
        List<LabelledText> rows = RealReviews.ReadOrSkip(file);
        int train = rows.Count * 3 / 5;
        int validation = rows.Count / 5;
        List<LabelledText> test = rows[(train + validation)..];
        double majority = test.GroupBy(row => row.Label).Max(group => group.Count()) / (double)test.Count;

        LinearClassifier baseline = LinearBaseline.Train(rows[..train], rows.GetRange(train, validation), seed: 42);

        double accuracy = test.Count(row => baseline.Predict(row.Text) == row.Label) / (double)test.Count;
        accuracy.ShouldBeGreaterThan(majority + margin);
    }
}
