using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Containers;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

public sealed class ContainerOutputsTests
{
    private static readonly LabelSet Labels = new(["1", "2", "3"], true, ["3"]);

    [Fact]
    public void Probabilities_are_normalised_over_the_labels_and_ties_go_to_the_first()
    {
        IReadOnlyList<Prediction> read = Predictions("""
            {"id":"a","probabilities":{"1":0.2,"2":0.6,"other":0.2}}
            {"id":"b","probabilities":{"3":0.5,"1":0.5}}

            {"id":"c","probabilities":{"other":1}}
            """);

        read[0].Label.ShouldBe("2");
        read[0].Probabilities!["2"].ShouldBe(0.75, 1e-12);
        read[0].Probabilities!["3"].ShouldBe(0);
        read[0].OtherMass!.Value.ShouldBe(0.2, 1e-12);
        read[1].Label.ShouldBe("1");
        read[2].Error.ShouldBe(PredictionError.Unparsable);
    }

    [Theory]
    [InlineData("{\"id\":\"a\"}", 1)]
    [InlineData("{\"probabilities\":{\"1\":1}}", 1)]
    [InlineData("{\"id\":\"a\",\"probabilities\":{\"1\":1}}\nnonsense", 2)]
    [InlineData("{\"id\":\"a\",\"probabilities\":{\"1\":1}}\n{\"id\":\"a\",\"probabilities\":{\"1\":1}}", 2)]
    [InlineData("{\"id\":\"a\",\"probabilities\":{\"1\":-1}}", 1)]
    [InlineData("{\"id\":\"a\",\"probabilities\":{\"1\":7}}", 1)]
    public void What_is_not_of_the_contract_is_refused_with_its_line(string text, int line)
    {
        Failure failure = Should.Throw<FlowException>(() => Predictions(text)).Failure;

        failure.Kind.ShouldBe(FailureKind.JobFailed);
        failure.Location.ShouldBe(new SourceLocation("predictions.jsonl", line));
    }

    [Fact]
    public void The_curve_is_read_by_its_header()
    {
        TrainingCurve curve = Curve("valid_loss,step,train_loss\n,1,0.9\n0.7,2,0.5\n");

        curve.Points.ShouldBe([new TrainingPoint(1, 0.9, null, null, null), new TrainingPoint(2, 0.5, null, 0.7, null)]);
        Should.Throw<FlowException>(() => Curve("train_loss\n1\n")).Message.ShouldContain("step");
        Should.Throw<FlowException>(() => Curve("step,train_loss\n1,high\n")).Failure.Location!.Line.ShouldBe(2);
    }

    [Fact]
    public void A_container_is_given_ids_and_texts_and_never_an_answer()
    {
        using var stream = new MemoryStream();
        DatasetRow[] rows =
        [
            new("a", "good \"app\"\nsecond line", "5", ImmutableSortedDictionary<string, string>.Empty.Add("country", "de")), new("b", "été 星", "1"),
        ];

        ContainerTexts.Write(stream, rows);

        Encoding.UTF8.GetString(stream.ToArray()).ShouldBe("{\"id\":\"a\",\"text\":\"good \\\"app\\\"\\nsecond line\"}\n{\"id\":\"b\",\"text\":\"été 星\"}\n");
    }

    private static IReadOnlyList<Prediction> Predictions(string text) =>
        ContainerOutputs.ReadPredictions(new MemoryStream(Encoding.UTF8.GetBytes(text)), Labels);

    private static TrainingCurve Curve(string csv) => ContainerOutputs.ReadCurve(new MemoryStream(Encoding.UTF8.GetBytes(csv)));
}
