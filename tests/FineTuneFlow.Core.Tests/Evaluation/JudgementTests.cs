using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class JudgementTests
{
    [Theory]
    [InlineData(Score.Accuracy, 0.05, 0.001, 0.01, Judgement.SurelyBetter)]
    [InlineData(Score.Accuracy, 0.05, 0.02, 0.12, Judgement.LikelyBetter)]
    [InlineData(Score.Accuracy, 0.05, 0.2, 1, Judgement.CannotTell)]
    [InlineData(Score.Accuracy, -0.05, 0.02, 0.12, Judgement.LikelyWorse)]
    [InlineData(Score.Accuracy, -0.05, 0.001, 0.01, Judgement.SurelyWorse)]
    [InlineData(Score.Accuracy, 0, 0.001, 0.01, Judgement.CannotTell)]
    [InlineData(Score.LogLoss, 0.05, 0.001, 0.01, Judgement.SurelyWorse)]
    [InlineData(Score.LogLoss, -0.05, 0.02, 0.12, Judgement.LikelyBetter)]
    public void The_words_follow_from_direction_and_both_p_values(Score score, double difference, double p, double adjusted, Judgement expected)
    {
        PairedComparison comparison = new()
        {
            First = "a", Second = "b", Score = score, Difference = difference, PValue = p, AdjustedPValue = adjusted, Test = ComparisonTest.McNemarExact,
        };

        comparison.Read(0.05).ShouldBe(expected);
        Judgement turned = comparison.Turned().Read(0.05);
        ((int)turned).ShouldBe(Judgement.SurelyWorse - expected);
    }
}
