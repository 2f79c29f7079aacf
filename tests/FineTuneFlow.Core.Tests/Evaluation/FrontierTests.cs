using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Tests.Evaluation;

public sealed class FrontierTests
{
    [Fact]
    public void Whoever_is_beaten_in_price_and_score_is_not_on_it() =>
        Frontier.Of([("large", 5, 0.9), ("small", 1, 0.8), ("bad", 2, 0.7), ("middle", 3, 0.85), ("dear", 6, 0.9)], lowerIsBetter: false)
            .ShouldBe(["small", "middle", "large"]);

    [Fact]
    public void Those_alike_stand_side_by_side() =>
        Frontier.Of([("one", 1, 0.8), ("two", 1, 0.8), ("three", 1, 0.7)], lowerIsBetter: false).ShouldBe(["one", "two"]);

    [Fact]
    public void A_score_of_which_less_is_better_is_turned() =>
        Frontier.Of([("cheap", 0, 1.2), ("good", 1, 0.4), ("worse", 1, 0.9)], lowerIsBetter: true).ShouldBe(["cheap", "good"]);
}
