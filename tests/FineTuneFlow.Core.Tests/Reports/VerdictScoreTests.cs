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

    [Fact]
    public void Each_two_are_judged_by_their_own_comparison_as_the_first_of_them_sees_it()
    {
        PairedComparison[] pairs = [Pair("a", "b", Score.Accuracy, 0.01, 0.11), Pair("a", "c", Score.Accuracy, 0.02, 0.12), Pair("c", "b", Score.Accuracy, 0.03, 0.13), Pair("d", "b", Score.Accuracy, 0.04, 0.14)];
        CandidateReport[] candidates = [.. "abcd".Select(name => Candidate(name.ToString(), 0.7, 0.7))];
        var contest = new Contest(new PromotionRecipe(), [.. candidates], [.. pairs], null, null);

        string Seen(int one, int other) => contest.Against(candidates[one], candidates[other]) is var matchup && matchup.Pair is { } pair
            ? System.FormattableString.Invariant($"{pair.First}{pair.Second} {matchup.Difference:0.00} {pair.AdjustedPValue:0.00}")
            : "none";

        new[] { Seen(0, 1), Seen(1, 0), Seen(0, 2), Seen(2, 0), Seen(1, 2), Seen(2, 1), Seen(1, 3), Seen(0, 3), Seen(3, 2) }
            .ShouldBe(["ab 0.01 0.11", "ba -0.01 0.11", "ac 0.02 0.12", "ca -0.02 0.12", "bc -0.03 0.13", "cb 0.03 0.13", "bd -0.04 0.14", "none", "none"]);
    }

    [Fact]
    public void The_difference_is_that_of_the_comparison_and_without_one_that_of_the_figures()
    {
        // Rows that only one of the two has answered are left out of a comparison: it may differ from what the figures say.
        CandidateReport[] candidates = [Candidate("a", 0.76, 0.7), Candidate("b", 0.70, 0.7)];

        new Contest(new PromotionRecipe(), [.. candidates], [Pair("a", "b", Score.Accuracy, 0.05, 0.2)], null, null).Against(candidates[0], candidates[1]).Difference.ShouldBe(0.05, 1e-12);
        new Contest(new PromotionRecipe(), [.. candidates], [], null, null).Against(candidates[0], candidates[1]).Difference.ShouldBe(0.06, 1e-12);
    }

    [Fact]
    public void A_lower_bound_that_is_the_majority_does_not_beat_it()
    {
        CandidateReport gpt = Candidate("gpt", 0.5, 0.5);

        Contest.BeatsConstantAnswer(gpt with { Metrics = gpt.Metrics! with { MajorityShare = gpt.Metrics.Intervals[Score.Accuracy.JsonName()].Low } }).ShouldBeFalse();
    }

    [Theory]
    [InlineData(0.0, null, true)]
    [InlineData(0.01, null, false)]
    [InlineData(1.0, null, false)]
    [InlineData(null, null, false)]
    [InlineData(null, 1.0, false)]
    [InlineData(0.9, 1.0, false)]
    [InlineData(0.89, 1.0, true)]
    public void Cheaper_is_a_tenth_less_and_beside_an_unknown_price_only_what_is_free(double? one, double? other, bool cheaper)
    {
        CandidateReport Priced(double? usd) => Candidate("a", 0.7, 0.7) with { UsdPerThousand = usd, Cost = new CandidateCost { Unpriced = usd is null } };

        Contest.IsCheaper(Priced(one), Priced(other)).ShouldBe(cheaper);
    }

    [Theory]
    [InlineData("", "a b")]
    [InlineData("a", "a")]
    [InlineData("fineTune", "a b")]
    [InlineData("prompt", "")]
    [InlineData("b prompt", "b")]
    [InlineData("A", "")]
    public void Eligible_is_who_is_named_or_whose_kind_is(string eligible, string expected)
    {
        var rule = new PromotionRecipe { Eligible = [.. eligible.Split(' ', StringSplitOptions.RemoveEmptyEntries)] };

        var contest = new Contest(rule, [Candidate("a", 0.8, 0.7), Candidate("b", 0.7, 0.7)], [], null, null);

        string.Join(' ', contest.Challengers.Select(candidate => candidate.Name)).ShouldBe(expected);
    }

    [Fact]
    public void A_champion_challenges_nobody_whatever_its_kind_and_name()
    {
        // The champion of a project may be judged as one of the run's own candidates, and a former one beside it.
        CandidateReport[] candidates = [Candidate("gpt", 0.8, 0.7), Candidate("former", 0.7, 0.7) with { Kind = OutcomeKind.Champion }, Candidate("new", 0.6, 0.7)];

        var contest = new Contest(new PromotionRecipe(), [.. candidates], [], "gpt", null);

        contest.Champion!.Name.ShouldBe("gpt");
        contest.Challengers.Select(candidate => candidate.Name).ShouldBe(["new"]);
        contest.Contenders.Select(candidate => candidate.Name).ShouldBe(["gpt", "new"]);
    }

    [Fact]
    public void One_that_failed_does_not_change_what_is_judged_by()
    {
        CandidateReport failed = Candidate("failed", 0, 0) with { Metrics = null };

        new Contest(new PromotionRecipe { Metric = PromotionMetric.MacroF1 }, [failed, Candidate("a", 0.8, 0.7)], [], null, null).Score.ShouldBe(Score.MacroF1);
    }

    [Fact]
    public void Why_the_champion_was_not_asked_is_told_also_where_it_is_no_candidate()
    {
        Verdict verdict = new Judge(new PromotionRecipe(), [Candidate("gpt", 0.8, 0.7)], [], "old-one", "its deployment is gone.").Decide();

        verdict.Decision.ShouldBe(VerdictKind.Keep);
        verdict.Sentence.ShouldStartWith("Keep the champion: it could not be asked (its deployment is gone), and");
    }

    [Theory]
    // Whatever is decided beside a champion, the figures are those of the challenger against it.
    [InlineData(0.70, 0.75, -0.05, 0.20, VerdictKind.Keep)]
    [InlineData(0.76, 0.75, 0.01, 0.40, VerdictKind.NotEnoughData)]
    [InlineData(0.80, 0.75, 0.05, 0.001, VerdictKind.Promote)]
    public void Difference_and_p_of_the_verdict_are_those_of_challenger_and_champion(double challenger, double champion, double difference, double p, VerdictKind expected)
    {
        Verdict verdict = new Judge(
            new PromotionRecipe(), [Candidate("gpt", challenger, 0.7), Candidate("champion", champion, 0.7)], [Pair("gpt", "champion", Score.Accuracy, difference, p, rows: 700)], "champion").Decide();

        verdict.Decision.ShouldBe(expected);
        (verdict.Champion, verdict.AdjustedPValue, verdict.RequiredRows).ShouldBe(("champion", p, 700.0));
        verdict.Difference!.Value.ShouldBe(difference, 1e-12);
        (verdict.InsteadOf, verdict.WorseAtMost).ShouldBe((null, null));
    }

    [Fact]
    public void Rows_that_would_tell_the_model_in_use_from_the_next_are_noted_where_chance_may_have_chosen()
    {
        CandidateReport[] candidates = [Candidate("a", 0.80, 0.7), Candidate("b", 0.79, 0.7), Candidate("c", 0.70, 0.7)];
        PairedComparison[] Pairs(double p) => [Pair("a", "b", Score.Accuracy, 0.01, p, rows: 9000), Pair("a", "c", Score.Accuracy, 0.1, 0.001, rows: 60)];

        new Judge(new PromotionRecipe(), [.. candidates], [.. Pairs(0.4)], null).Decide().Notes
            .ShouldBe(["To tell a from b, should they differ by as much as here, would take about 9,000 holdout rows; there are 1,000."]);
        new Judge(new PromotionRecipe(), [.. candidates], [.. Pairs(0.001)], null).Decide().Notes.ShouldBeEmpty();
        CandidateReport cheap = candidates[1] with { UsdPerThousand = 0.02 };
        new Judge(new PromotionRecipe(), [candidates[0], cheap, candidates[2]], [.. Pairs(0.4)], null).Decide().Notes
            .ShouldBe(["To tell b from a, should they differ by as much as here, would take about 9,000 holdout rows; there are 1,000."]);
        new Judge(new PromotionRecipe(), [candidates[0], Candidate("champion", 0.79, 0.7)], [Pair("a", "champion", Score.Accuracy, 0.01, 0.4, rows: 9000)], "champion").Decide().Notes.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(PromotionPreference.Proven, true, VerdictKind.Keep, -0.005, 0.01)]
    [InlineData(PromotionPreference.Thrifty, false, VerdictKind.Promote, 0.02, 0.4)]
    public void Figures_stand_in_the_verdict_whichever_rule_decides(PromotionPreference prefer, bool significance, VerdictKind expected, double difference, double p)
    {
        var rule = new PromotionRecipe { Prefer = prefer, RequireSignificance = significance };
        CandidateReport challenger = Candidate("gpt", 0.80 + difference, 0.7) with { UsdPerThousand = difference < 0 ? 0.05 : 0.13 };
        PairedComparison pair = Pair("gpt", "champion", Score.Accuracy, difference, p) with { OneSided = new Interval(difference - 0.003, difference + 0.003, IntervalMethod.BonettPrice) };

        Verdict verdict = new Judge(rule, [challenger, Candidate("champion", 0.80, 0.7)], [pair], "champion").Decide();

        verdict.Decision.ShouldBe(expected);
        verdict.Difference!.Value.ShouldBe(difference, 1e-12);
        verdict.AdjustedPValue.ShouldBe(p);
    }

    [Fact]
    public void A_cheaper_choice_tells_instead_of_whom_and_what_it_may_cost()
    {
        CandidateReport cheap = Candidate("cheap", 0.795, 0.7) with { UsdPerThousand = 0.05 };
        PairedComparison pair = Pair("cheap", "gpt", Score.Accuracy, -0.005, 0.6);

        Verdict first = new Judge(new PromotionRecipe(), [Candidate("gpt", 0.80, 0.7), cheap], [pair], null).Decide();
        Verdict beside = new Judge(new PromotionRecipe(), [Candidate("champion", 0.80, 0.7), cheap], [pair with { Second = "champion" }], "champion").Decide();

        (first.Candidate, first.InsteadOf).ShouldBe(("cheap", "gpt"));
        (beside.Candidate, beside.InsteadOf).ShouldBe(("cheap", "champion"));
        first.WorseAtMost!.Value.ShouldBe(0.025, 1e-12);
        beside.WorseAtMost!.Value.ShouldBe(0.025, 1e-12);
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
