using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class ScoringTests
{
    private static readonly LabelSet Stars = new(["1", "2", "3", "4", "5"], Ordered: true, Good: ["4", "5"]);

    private static DatasetRow Row(string id, string label) => new(id, "text " + id, label);

    private static Prediction Said(string id, string label) => new() { Id = id, Label = label };

    [Fact]
    public void Predictions_are_joined_by_id_and_every_row_counts()
    {
        DatasetRow[] holdout = [Row("a", "5"), Row("b", "4"), Row("c", "1"), Row("d", "3")];
        Prediction[] predictions = [Said("d", "4"), Said("a", "5"), Said("c", "1"), Said("elsewhere", "1")];

        Metrics metrics = Scoring.Score(Stars, holdout, predictions);

        metrics.N.ShouldBe(4);
        metrics.Accuracy.ShouldBe(0.5);
        metrics.OneOffAccuracy.ShouldBe(0.75);
        metrics.GoodVersusBad.ShouldBe(0.5);
        metrics.Missing.ShouldBe(1);
        metrics.Unknown.ShouldBe(1);
        metrics.Confusion[3][5].ShouldBe(1);
    }

    [Fact]
    public void Errors_are_counted_by_kind_and_are_wrong()
    {
        DatasetRow[] holdout = [Row("a", "5"), Row("b", "4"), Row("c", "1"), Row("d", "3")];
        Prediction[] predictions =
        [
            new() { Id = "a", Error = PredictionError.Refused },
            new() { Id = "b", Error = PredictionError.Unparsable },
            new() { Id = "c", Error = PredictionError.Failed },
            Said("d", "no label at all"),
        ];

        Metrics metrics = Scoring.Score(Stars, holdout, predictions);

        (metrics.Refused, metrics.Unparsable, metrics.Failed, metrics.Correct).ShouldBe((1, 2, 1, 0));
        metrics.MeanAbsoluteError.ShouldBe((4 + 3 + 4 + 2) / 4.0);
    }

    [Fact]
    public void A_row_answered_twice_alike_counts_once_and_differently_not_at_all()
    {
        DatasetRow[] holdout = [Row("a", "5"), Row("b", "4")];

        Metrics metrics = Scoring.Score(Stars, holdout, [Said("a", "5"), Said("a", "5"), Said("b", "4"), Said("b", "1")]);

        (metrics.Correct, metrics.Duplicates, metrics.Conflicting).ShouldBe((1, 2, 1));
    }

    [Fact]
    public void An_empty_holdout_a_double_id_and_a_foreign_label_are_refused_with_a_remedy()
    {
        Should.Throw<FlowException>(() => Scoring.Score(Stars, [], [])).Failure.Remedy.ShouldNotBeNull();
        Should.Throw<FlowException>(() => Scoring.Score(Stars, [Row("a", "5"), Row("a", "4")], [])).Message.ShouldContain("two rows");
        Should.Throw<FlowException>(() => Scoring.Score(Stars, [Row("a", "six")], [])).Message.ShouldContain("six");
    }
}
