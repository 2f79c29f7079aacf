using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Files;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Evaluation.Files;

public sealed class EvaluationFilesTests
{
    private static Func<Stream> Holding(string text) => () => new MemoryStream(Encoding.UTF8.GetBytes(text));

    private static IReadOnlyList<Prediction> Predictions(string text) => PredictionFile.Read("predictions", Holding(text));

    [Fact]
    public void Csv_and_json_lines_of_other_tools_give_the_same_predictions()
    {
        IReadOnlyList<Prediction> csv = Predictions("row_id,prediction,p_1,p_2\nb,2,0.25,0.75\na,,0.5,0.5\n");
        IReadOnlyList<Prediction> json = Predictions(
            """{"id":"b","label":"2","probabilities":{"1":0.25,"2":0.75}}""" + "\n" + """{"id":"a","label":"","probabilities":{"1":0.5,"2":0.5}}""" + "\n");

        foreach (IReadOnlyList<Prediction> read in (IReadOnlyList<Prediction>[])[csv, json])
        {
            read.Select(prediction => (prediction.Id, prediction.Label, prediction.Error)).ShouldBe([("b", "2", null), ("a", null, PredictionError.Unparsable)]);
            read[0].Probabilities!["2"].ShouldBe(0.75);
        }
    }

    [Fact]
    public void Our_own_prediction_lines_are_read_with_their_errors()
    {
        IReadOnlyList<Prediction> read = Predictions("""
            {"id":"a","label":"5","latencyMs":12.5,"promptTokens":40}
            {"id":"b","error":"refused"}
            """);

        read[0].LatencyMs.ShouldBe(12.5);
        read[0].PromptTokens.ShouldBe(40);
        (read[1].Label, read[1].Error).ShouldBe((null, PredictionError.Refused));
    }

    [Fact]
    public void A_holdout_needs_ids_and_labels_and_says_where_one_is_missing()
    {
        Should.Throw<FlowException>(() => HoldoutFile.Read("h.csv", Holding("text,label\nx,1\n"))).Message.ShouldContain("row id");
        Failure failure = Should.Throw<FlowException>(() => HoldoutFile.Read("h.csv", Holding("id,label\na,1\nb,\n"))).Failure;
        (failure.Location!.Line, failure.Location.Column).ShouldBe((3, "label"));
        Should.Throw<FlowException>(() => Predictions("id,label,p_1\na,1,much\n")).Message.ShouldContain("no number");
    }

    [Fact]
    public void Slices_of_a_prepared_holdout_are_kept() =>
        HoldoutFile.Read("test.jsonl", Holding("""{"id":"a","text":"t","label":"1","slices":{"app":"mail"}}"""))[0].Slices!["app"].ShouldBe("mail");

    [Fact]
    public void Numbers_are_ordered_and_the_upper_two_fifths_are_good()
    {
        LabelSet stars = Recognise(["5", "1", "3", "2", "4"]);
        (stars.Ordered, string.Join(",", stars.Names), string.Join(",", stars.Good)).ShouldBe((true, "1,2,3,4,5", "4,5"));
        string.Join(",", Recognise(["0", "1", "2", "3", "4"]).Good).ShouldBe("3,4");
        Recognise(["card", "cash"]).Ordered.ShouldBeFalse();
        string.Join(",", Recognise(["low", "high", "mid"], new LabelsRecipe { Order = ["low", "mid", "high"], Good = ["high"] }).Names).ShouldBe("low,mid,high");
    }

    [Fact]
    public void A_number_written_as_a_decimal_is_the_label()
    {
        LabelSet stars = Recognise(["1", "2"]);

        LabelRecognition.Align(stars, Predictions("id,label\na,2.0\nb,great\n")).Select(prediction => prediction.Label).ShouldBe(["2", "great"]);
    }

    private static LabelSet Recognise(string[] labels, LabelsRecipe? given = null) =>
        LabelRecognition.Of([.. labels.Select((label, i) => new DatasetRow($"{i}", "t", label))], [], given ?? new LabelsRecipe());
}
