using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

public sealed class JudgedAnswersTests
{
    private static readonly LabelSet Labels = new(["bad", "good"], Ordered: true, Good: ["good"]);

    [Fact]
    public void What_is_written_is_what_is_read_whatever_the_order_of_the_answers()
    {
        DatasetRow[] rows = [new("a", "one", "good"), new("b", "two", "bad"), new("c", "three", "good")];
        Prediction[] predictions =
        [
            new() { Id = "b", Error = PredictionError.Refused },
            new() { Id = "a", Label = "good", Probabilities = System.Collections.Immutable.ImmutableSortedDictionary<string, double>.Empty.Add("good", 0.75).Add("bad", 0.25) },
            new() { Id = "nobody's", Label = "good" },
        ];
        var answers = new JudgedAnswers(Labels, rows);
        answers.Add("gpt", predictions);
        byte[] bytes = answers.ToBytes();

        JudgedAnswers read = JudgedAnswers.Read(bytes).ShouldNotBeNull();

        read.Ids.ShouldBe(["a", "b", "c"]);
        read.Truth.ShouldBe([1, 0, 1]);
        AnswerFacts facts = read.Of("gpt").ShouldNotBeNull();
        (facts.Label(0), facts.Confidence(0), facts.Error(0)).ShouldBe((1, 0.75, null));
        (facts.Label(1), facts.Confidence(1), facts.Error(1)).ShouldBe((-1, null, PredictionError.Refused));
        (facts.Label(2), facts.Error(2)).ShouldBe((-1, PredictionError.Missing));
        read.Of("linear").ShouldBeNull();
        var again = new JudgedAnswers(Labels, rows);
        again.Add("gpt", Enumerable.Reverse(predictions));
        again.ToBytes().ShouldBe(bytes);
    }

    [Fact]
    public void Another_form_is_not_read() => JudgedAnswers.Read([1, 2, 3, 4, 0, 0, 0, 0]).ShouldBeNull();
}
