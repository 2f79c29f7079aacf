using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Evaluation.Statistics;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>By which score and by which p is judged.</summary>
public sealed class VerdictScoreTests
{
    [Fact]
    public void By_macro_F1_difference_and_p_are_macro_F1s()
    {
        // Accuracy would say: better beyond chance. Macro F1 says: perhaps by chance.
        CandidateReport[] candidates = [Candidate("gpt", accuracy: 0.80, macroF1: 0.62), Candidate("champion", accuracy: 0.70, macroF1: 0.60)];
        PairedComparison[] pairs =
        [
            Pair("gpt", "champion", Score.Accuracy, 0.10, p: 0.001, rows: 50),
            Pair("gpt", "champion", Score.MacroF1, 0.02, p: 0.30, rows: 5000),
        ];

        Verdict verdict = new Judge(new PromotionRecipe { Metric = PromotionMetric.MacroF1 }, [.. candidates], [.. pairs], "champion").Decide();

        verdict.Decision.ShouldBe(VerdictKind.NotEnoughData);
        verdict.Score.ShouldBe(Score.MacroF1);
        verdict.Difference!.Value.ShouldBe(0.02, 1e-12);
        verdict.AdjustedPValue.ShouldBe(0.30);
        verdict.RequiredRows.ShouldBe(5000);
        verdict.Sentence.ShouldContain("macro F1");

        Verdict byAccuracy = new Judge(new PromotionRecipe(), [.. candidates], [.. pairs], "champion").Decide();
        byAccuracy.Decision.ShouldBe(VerdictKind.Promote);
        (byAccuracy.Score, byAccuracy.AdjustedPValue, byAccuracy.RequiredRows).ShouldBe((Score.Accuracy, 0.001, 50.0));
    }

    [Fact]
    public void By_macro_F1_the_best_by_macro_F1_is_used()
    {
        CandidateReport[] candidates = [Candidate("a", accuracy: 0.80, macroF1: 0.60), Candidate("b", accuracy: 0.75, macroF1: 0.70)];
        PairedComparison[] pairs = [Pair("a", "b", Score.Accuracy, 0.05, p: 0.001), Pair("a", "b", Score.MacroF1, -0.10, p: 0.001)];

        Verdict verdict = new Judge(new PromotionRecipe { Metric = PromotionMetric.MacroF1 }, [.. candidates], [.. pairs], null).Decide();

        verdict.Candidate.ShouldBe("b");
        verdict.Difference!.Value.ShouldBe(0.10, 1e-12);
        verdict.Sentence.ShouldContain("better than the runner-up a beyond chance");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_champion_listed_before_or_after_the_challenger_is_the_same_verdict(bool championFirst)
    {
        CandidateReport[] candidates = [Candidate("champion", 0.70, 0.6), Candidate("gpt", 0.76, 0.6)];
        PairedComparison pair = championFirst ? Pair("champion", "gpt", Score.Accuracy, -0.06, 0.004, rows: 300) : Pair("gpt", "champion", Score.Accuracy, 0.06, 0.004, rows: 300);

        Verdict verdict = new Judge(new PromotionRecipe(), [.. championFirst ? candidates : candidates.Reverse()], [pair], "champion").Decide();

        verdict.Decision.ShouldBe(VerdictKind.Promote);
        verdict.Candidate.ShouldBe("gpt");
        verdict.Difference!.Value.ShouldBe(0.06, 1e-12);
        verdict.AdjustedPValue.ShouldBe(0.004);
    }

    [Fact]
    public void Of_three_candidates_a_raw_p_of_three_hundredths_is_not_enough()
    {
        // 300 rows. The challenger is right where the champion is not on 17 and the other way round on 6: p = 0.035, three pairs: 0.10.
        DatasetRow[] holdout = [.. Enumerable.Range(0, 300).Select(i => new DatasetRow($"{i:D4}", "t", i % 2 == 0 ? "yes" : "no"))];
        NamedPredictions champion = Answers("champion", holdout, wrong: i => i is >= 0 and < 17 or >= 100 and < 160);
        NamedPredictions gpt = Answers("gpt", holdout, wrong: i => i is >= 17 and < 23 or >= 100 and < 160);
        NamedPredictions mini = Answers("mini", holdout, wrong: i => i is >= 17 and < 32 or >= 100 and < 160);
        Scorecard scores = Scorecard.Of(new(["no", "yes"], Ordered: false, Good: []), holdout, [champion, gpt, mini], new ScoringOptions { Resamples = 0, Slices = false });
        CandidateReport[] candidates = [.. scores.Names.Zip(scores.Metrics, (name, metrics) => Candidate(name, metrics.Accuracy, 0.5) with { Metrics = metrics })];
        PairedComparison[] byAccuracy = [.. scores.Comparisons.Where(pair => pair.Score == Score.Accuracy)];

        PairedComparison decisive = byAccuracy.Single(pair => pair.First == "champion" && pair.Second == "gpt");
        // scipy.stats.binomtest(6, 23).pvalue
        decisive.PValue.ShouldBe(0.034689664840698, 1e-9);
        decisive.AdjustedPValue.ShouldBeGreaterThan(0.05);
        Verdict verdict = new Judge(new PromotionRecipe(), [.. candidates], scores.Comparisons, "champion").Decide();
        verdict.Decision.ShouldBe(VerdictKind.NotEnoughData);
        verdict.Sentence.ShouldStartWith("Not enough data, keep the champion: gpt has");
        verdict.AdjustedPValue.ShouldBe(decisive.AdjustedPValue);

        // The same two alone: one pair, nothing to correct for.
        Scorecard two = Scorecard.Of(new(["no", "yes"], Ordered: false, Good: []), holdout, [champion, gpt], new ScoringOptions { Resamples = 0, Slices = false });
        new Judge(new PromotionRecipe(), [candidates[0], candidates[1]], two.Comparisons, "champion").Decide().Decision.ShouldBe(VerdictKind.Promote);
    }

    [Theory]
    // Wilson's lower bound of 430 in 1,000 at 95 % is 39.96 %, of 431 it is 40.06 %: a majority of 40 % lies between them.
    [InlineData(430, VerdictKind.NotEnoughData)]
    [InlineData(431, VerdictKind.Promote)]
    public void The_majority_is_beaten_by_the_lower_bound_and_not_by_the_figure(int right, VerdictKind expected) =>
        new Judge(new PromotionRecipe(), [Candidate("gpt", right / 1000.0, 0.5)], [], null).Decide().Decision.ShouldBe(expected);

    [Fact]
    public void Of_equals_the_cheaper_one_then_the_champion_then_the_first_by_name()
    {
        CandidateReport[] candidates = [Candidate("zeta", 0.7, 0.7), Candidate("alpha", 0.7, 0.7), Candidate("champion", 0.7, 0.7), Candidate("cheap", 0.7, 0.7) with { UsdPerThousand = 0.10 }];

        var contest = new Contest(new PromotionRecipe(), [.. candidates], [], "champion", null);

        contest.Scored.Select(candidate => candidate.Name).ShouldBe(["cheap", "champion", "alpha", "zeta"]);
        contest.Challengers.Select(candidate => candidate.Name).ShouldBe(["cheap", "alpha", "zeta"]);
        Contest.IsCheaper(candidates[3], candidates[0]).ShouldBeTrue();
        Contest.IsCheaper(candidates[0], candidates[0] with { UsdPerThousand = 0.14 }).ShouldBeFalse();
    }

    [Fact]
    public void A_score_that_the_labels_do_not_have_falls_back_on_accuracy()
    {
        Verdict verdict = new Judge(new PromotionRecipe { Metric = PromotionMetric.OneOffAccuracy }, [Candidate("gpt", 0.8, 0.7)], [], null).Decide();

        verdict.Score.ShouldBe(Score.Accuracy);
        verdict.Sentence.ShouldContain("80.0 % accuracy");
    }

    private static NamedPredictions Answers(string name, DatasetRow[] holdout, Func<int, bool> wrong) =>
        new(name, [.. holdout.Select((row, i) => new Prediction { Id = row.Id, Label = wrong(i) ? (row.Label == "yes" ? "no" : "yes") : row.Label })]);

    private static CandidateReport Candidate(string name, double accuracy, double macroF1) => new()
    {
        Name = name,
        Kind = name == "champion" ? OutcomeKind.Champion : OutcomeKind.FineTune,
        Provider = "openai",
        Model = name,
        Cost = new CandidateCost(),
        UsdPerThousand = 0.13,
        Metrics = new Metrics
        {
            N = 1000,
            Correct = (int)Math.Round(accuracy * 1000),
            Accuracy = accuracy,
            MacroF1 = macroF1,
            WeightedF1 = macroF1,
            BalancedAccuracy = macroF1,
            MajorityShare = 0.4,
            Intervals = ImmutableSortedDictionary<string, Interval>.Empty.Add(Score.Accuracy.JsonName(), Proportions.Wilson((long)Math.Round(accuracy * 1000), 1000, 0.05)!),
            Classes = [],
            Confusion = [],
        },
    };

    private static PairedComparison Pair(string first, string second, Score score, double difference, double p, double? rows = null) => new()
    {
        First = first,
        Second = second,
        Score = score,
        Difference = difference,
        OneSided = new Interval(difference - 0.02, difference + 0.02, IntervalMethod.BonettPrice),
        PValue = 0.0001,
        AdjustedPValue = p,
        RequiredRows = rows,
        Test = ComparisonTest.McNemarExact,
    };
}
