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
        Should.Throw<FlowException>(() => Predictions("id,label,p_1\na,1,much\n")).Message.ShouldContain("not a number");
    }

    [Fact]
    public void Slices_of_a_prepared_holdout_are_kept() =>
        HoldoutFile.Read("test.jsonl", Holding("""{"id":"a","text":"t","label":"1","slices":{"app":"mail"}}"""))[0].Slices!["app"].ShouldBe("mail");

    [Fact]
    public void Stars_are_ordered_with_the_upper_two_fifths_good_and_class_codes_are_not()
    {
        LabelSet stars = Recognise(["5", "1", "3", "2", "4"]);
        (stars.Ordered, string.Join(",", stars.Names), string.Join(",", stars.Good)).ShouldBe((true, "1,2,3,4,5", "4,5"));
        Recognise(["0", "1", "2", "3", "4"]).Ordered.ShouldBeFalse("class codes are numbers too");
        string.Join(",", Recognise(["0", "1", "2", "3", "4"], new LabelsRecipe { Ordered = true }).Good).ShouldBe("3,4");
        Recognise(["card", "cash"]).Ordered.ShouldBeFalse();
        string.Join(",", Recognise(["low", "high", "mid"], new LabelsRecipe { Order = ["low", "mid", "high"], Good = ["high"] }).Names).ShouldBe("low,mid,high");
    }

    [Fact]
    public void A_number_written_as_a_decimal_is_the_label()
    {
        LabelSet stars = Recognise(["1", "2"]);

        LabelRecognition.Align(stars, Predictions("id,label\na,2.0\nb,great\n"), new LabelsRecipe()).Select(prediction => prediction.Label).ShouldBe(["2", "great"]);
    }

    private static LabelSet Recognise(string[] labels, LabelsRecipe? given = null) =>
        LabelRecognition.Of([.. labels.Select((label, i) => new DatasetRow($"{i}", "t", label))], [], given ?? new LabelsRecipe());

    [Theory]
    [InlineData("id,label,prediction\n1,a,b\n2,b,a\n", "b,a")]
    [InlineData("id,label,Predicted\n1,a,b\n2,b,a\n", "b,a")]
    [InlineData("id,label,y_pred\n1,a,b\n2,b,a\n", "b,a")]
    [InlineData("id,label,output\n1,a,b\n2,b,a\n", "b,a")]
    [InlineData("id,label,bertPred,bertPredProb\n1,a,b,0.5\n2,b,a,0.5\n", "b,a")]
    [InlineData("id,truth,label\n1,a,b\n2,b,a\n", "b,a")]
    [InlineData("id,label,text\n1,b,some text\n2,a,more\n", "b,a")]
    public void What_the_model_said_goes_before_a_column_of_true_labels(string file, string labels) =>
        string.Join(",", PredictionFile.Read("p.csv", Holding(file), ["a", "b"]).Select(prediction => prediction.Label)).ShouldBe(labels);

    [Theory]
    [InlineData("id,label,gpt4\n1,a,b\n2,b,a\n", "label, gpt4")]
    [InlineData("id,prediction,pred_2\n1,a,b\n2,b,a\n", "prediction, pred_2")]
    [InlineData("id,label,target\n1,a,A\n2,b,a\n", "label, target")]
    [InlineData("id,gpt4\n1,b\n2,a\n", "gpt4 could be meant")]
    public void Where_it_is_not_certain_which_column_is_meant_the_columns_are_named(string file, string named)
    {
        Failure failure = Should.Throw<FlowException>(() => PredictionFile.Read("p.csv", Holding(file), ["a", "b"])).Failure;

        failure.Message.ShouldContain(named);
        failure.Remedy.ShouldNotBeNull().ShouldContain("--prediction-column");
        PredictionFile.Read("p.csv", Holding(file), ["a", "b"], column: file.Split('\n')[0].Split(',')[1])[0].Id.ShouldBe("1");
    }

    [Fact]
    public void Ids_that_are_the_same_numbers_join_where_that_is_certain()
    {
        Ids(["0", "1", "12"], ["0.0", "12.0", "1.0"]).ShouldBe(["0", "12", "1"]);
        Ids(["01", "02"], ["1", "2"]).ShouldBe(["01", "02"]);
        Should.Throw<FlowException>(() => Ids(["1", "01", "2"], ["1.0", "2.0", "3.0"])).Message.ShouldContain("the predictions have \"1.0\", the holdout has \"1\"");
        Should.Throw<FlowException>(() => Ids(["a", "b"], ["x", "y"])).Failure.Remedy.ShouldNotBeNull().ShouldContain("id of its row");
        Ids(["a", "b", "c", "d"], ["b"]).ShouldBe(["b"]);

        static string[] Ids(string[] holdout, string[] predictions) =>
            [.. RowIds.Align([.. holdout.Select(id => new DatasetRow(id, "t", "l"))], [.. predictions.Select(id => new Prediction { Id = id, Label = "l" })], "p.csv").Select(p => p.Id)];
    }

    [Theory]
    [InlineData("id,label,p_a,p_b\n1,a,1.2,-0.2\n", "1.2")]
    [InlineData("id,label,p_a,p_b\n1,a,3.5,0.4\n2,a,0.2,0.8\n", "3.5")]
    [InlineData("id,label,p_a,p_b\n1,a,-0.1,-2.3\n", "-0.1")]
    [InlineData("id,label,p_a,p_b\n1,a,80,20\n2,a,0.2,0.8\n", "80")]
    public void What_is_no_probability_is_refused_with_its_line(string file, string value)
    {
        Failure failure = Should.Throw<FlowException>(() => Predictions(file)).Failure;

        failure.Message.ShouldContain($"is {value}, which is not between 0 and 1");
        failure.Location!.Line.ShouldBe(2);
    }

    [Fact]
    public void Percent_in_every_row_are_read_as_such() =>
        Predictions("id,label,p_a,p_b\n1,a,80,20\n2,b,0.5,99.5\n")[1].Probabilities!["b"].ShouldBe(0.995, 1e-9);

    [Fact]
    public void Macro_f1_counts_labels_that_only_occur_as_answers_whether_words_or_numbers()
    {
        foreach (string[] names in (string[][])[["a", "b", "c"], ["7", "8", "9"]])
        {
            DatasetRow[] holdout = [new("1", "t", names[0]), new("2", "t", names[1])];
            Prediction[] predictions = [new() { Id = "1", Label = names[0] }, new() { Id = "2", Label = names[2] }];
            LabelSet set = LabelRecognition.Of(holdout, predictions, new LabelsRecipe());

            // scikit-learn: f1_score(["a", "b"], ["a", "c"], average="macro")
            Scoring.Score(set, holdout, predictions).MacroF1.ShouldBe(1 / 3.0, 1e-12);
        }
    }

    [Fact]
    public void Numbers_with_gaps_keep_their_distances_where_asked()
    {
        DatasetRow[] holdout = [new("1", "t", "1"), new("2", "t", "2"), new("3", "t", "10")];
        Prediction[] predictions = [new() { Id = "1", Label = "2" }, new() { Id = "2", Label = "2" }, new() { Id = "3", Label = "2" }];
        Metrics Score(LabelDistances distances) => Scoring.Score(
            LabelRecognition.Of(holdout, predictions, new LabelsRecipe { Ordered = true, Distances = distances }), holdout, predictions);

        Score(LabelDistances.Ranks).MeanAbsoluteError!.Value.ShouldBe(2 / 3.0, 1e-12);
        Score(LabelDistances.Values).MeanAbsoluteError!.Value.ShouldBe(9 / 3.0, 1e-12);
        Score(LabelDistances.Values).OneOffAccuracy!.Value.ShouldBe(2 / 3.0, 1e-12);
        Should.Throw<FlowException>(() => LabelRecognition.Of([new("1", "t", "x")], [], new LabelsRecipe { Distances = LabelDistances.Values }))
            .Failure.Field.ShouldBe("dataset.labels.distances");
    }

    [Fact]
    public void Spellings_of_a_label_are_one_label_in_both_files()
    {
        DatasetRow[] holdout = [.. HoldoutFile.Read("h.csv", Holding("id,label\n1,Positive\n2,positive \n3,POSITIVE\n4,positive\n5,negative\n"))];
        IReadOnlyList<Prediction> predictions = Predictions("id,prediction\n1,positive\n2,[\"Positive\"]\n3,  positive\n4,nan\n5,NEGATIVE\n");
        var given = new LabelsRecipe();
        LabelSet set = LabelRecognition.Of(holdout, predictions, given);

        set.Names.ShouldBe(["negative", "positive"]);
        Metrics metrics = Scoring.Score(set, LabelRecognition.Align(set, holdout, given), LabelRecognition.Align(set, predictions, given));
        (metrics.Correct, metrics.Unparsable).ShouldBe((4, 1));
    }
}
