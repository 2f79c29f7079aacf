using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>What a paired comparison says about two models, at the edges.</summary>
public sealed class MatchupTests
{
    [Theory]
    // difference, corrected p, surely better, surely worse at 5 %.
    [InlineData(0.5, 0.049, true, false)]
    [InlineData(0.5, 0.05, false, false)]
    [InlineData(-0.5, 0.049, false, true)]
    [InlineData(-0.5, 0.05, false, false)]
    [InlineData(0.0, 0.001, false, false)]
    public void Sure_is_a_difference_with_p_below_alpha(double difference, double p, bool better, bool worse)
    {
        Matchup matchup = Of(difference, low: null, p);

        (matchup.IsSurelyBetter, matchup.IsSurelyWorse).ShouldBe((better, worse));
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(-0.5)]
    public void Nothing_is_sure_of_two_that_were_not_compared(double difference)
    {
        var matchup = new Matchup(null, difference, Score.Accuracy, 0.05);

        (matchup.IsSurelyBetter, matchup.IsSurelyWorse, matchup.IsSurelyWithin(1), matchup.WorseAtMost, matchup.RowsNeeded(10)).ShouldBe((false, false, false, null, ""));
    }

    [Fact]
    public void A_difference_of_exactly_the_margin_is_seen_within_it_whatever_rounding_makes_of_it()
    {
        Of(0.70 - 0.71, null, 1).IsSeenWithin(0.01).ShouldBeTrue();
        Of(-0.01 - 1e-9, null, 1).IsSeenWithin(0.01).ShouldBeTrue();
        Of(-0.01 - 1.05e-9, null, 1).IsSeenWithin(0.01).ShouldBeFalse();
    }

    [Theory]
    // The one-sided bound decides, and where there is none the difference.
    [InlineData(0.0, -0.009, true, 0.009)]
    [InlineData(0.0, -0.01, false, 0.01)]
    [InlineData(-0.5, 0.002, true, 0.0)]
    [InlineData(0.05, null, true, 0.0)]
    [InlineData(-0.02, null, false, 0.02)]
    public void Within_the_margin_is_told_by_the_one_sided_bound(double difference, double? low, bool within, double worseAtMost)
    {
        Matchup matchup = Of(difference, low, 1);

        matchup.IsSurelyWithin(0.01).ShouldBe(within);
        matchup.WorseAtMost!.Value.ShouldBe(worseAtMost, 1e-12);
    }

    [Theory]
    [InlineData(1001.0, "; a true difference of this size would need about 1,100 rows to be found")]
    [InlineData(1000.0, "; the holdout is large enough, the difference is at the edge")]
    [InlineData(10.0, "; the holdout is large enough, the difference is at the edge")]
    [InlineData(null, "")]
    public void Rows_that_would_be_needed_are_told_beside_those_there_are(double? needed, string told) =>
        (Of(0.1, null, 1) with { Pair = Of(0.1, null, 1).Pair! with { RequiredRows = needed } }).RowsNeeded(1000).ShouldBe(told);

    private static Matchup Of(double difference, double? low, double p) => new(
        new PairedComparison
        {
            First = "a",
            Second = "b",
            Score = Score.Accuracy,
            Difference = difference,
            OneSided = low is { } bound ? new Interval(bound, 1, IntervalMethod.BonettPrice) : null,
            PValue = 0.0001,
            AdjustedPValue = p,
            Test = ComparisonTest.McNemarExact,
        },
        difference,
        Score.Accuracy,
        0.05);
}
