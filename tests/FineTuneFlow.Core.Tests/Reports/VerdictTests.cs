using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

public sealed class VerdictTests
{
    [Fact]
    public void A_challenger_better_beyond_chance_is_promoted()
    {
        Verdict verdict = Decide(rows: 1000, champion: 0.6, challenger: 0.7);

        (verdict.Decision, verdict.Candidate).ShouldBe((VerdictKind.Promote, "challenger"));
        verdict.Sentence.ShouldContain("beyond chance");
        verdict.AdjustedPValue!.Value.ShouldBeLessThan(0.05);
    }

    [Fact]
    public void A_challenger_that_is_no_better_is_not() =>
        Decide(rows: 1000, champion: 0.7, challenger: 0.6).Decision.ShouldBe(VerdictKind.Keep);

    [Fact]
    public void A_lead_that_may_be_chance_is_not_enough_data_and_says_how_much_would_be()
    {
        Verdict verdict = Decide(rows: 200, champion: 0.65, challenger: 0.67);

        (verdict.Decision, verdict.Candidate).ShouldBe((VerdictKind.NotEnoughData, null));
        verdict.RequiredRows!.Value.ShouldBeGreaterThan(200);
        verdict.Sentence.ShouldContain("rows to be found");
    }

    [Fact]
    public void Without_the_demand_for_significance_the_lead_is_enough()
    {
        Verdict verdict = Decide(rows: 200, champion: 0.65, challenger: 0.67, new PromotionRecipe { RequireSignificance = false });

        verdict.Decision.ShouldBe(VerdictKind.Promote);
        verdict.Sentence.ShouldContain("may be chance");
    }

    [Fact]
    public void The_first_champion_needs_to_beat_the_most_frequent_label()
    {
        Decide(rows: 1000, champion: null, challenger: 0.7).Decision.ShouldBe(VerdictKind.Promote);
        Decide(rows: 20, champion: null, challenger: 0.5).Decision.ShouldBe(VerdictKind.NotEnoughData);
    }

    [Fact]
    public void A_model_of_our_own_that_is_better_is_promoted_like_any_other()
    {
        Verdict verdict = Decide(rows: 1000, champion: null, challenger: 0.6, baseline: 0.7);

        (verdict.Decision, verdict.Candidate).ShouldBe((VerdictKind.Promote, "linear"));
        verdict.Sentence.ShouldContain("beyond chance");
    }

    [Fact]
    public void A_free_model_within_the_margin_is_used_and_the_verdict_says_what_that_could_cost()
    {
        Verdict verdict = Decide(rows: 1000, champion: null, challenger: 0.705, baseline: 0.7);

        (verdict.Candidate, verdict.InsteadOf).ShouldBe(("linear", "challenger"));
        verdict.Headline.ShouldBe("Use linear: 70.0 %");
        verdict.Sentence.ShouldMatch(@"within 0\.5 points of challenger \(at most \d\.\d points worse\), and is free");
        verdict.WorseAtMost!.Value.ShouldBeInRange(0.02, 0.06);
    }

    [Fact]
    public void Of_two_that_score_alike_the_cheaper_one_is_promoted_and_said_to_be_level()
    {
        ReportInput input = SampleRun.Input(400, champion: false);
        CandidateOutcome dear = input.Candidates[0];
        CandidateOutcome cheap = dear with { Name = "z-cheap", Cost = dear.Cost with { EvaluationUsd = dear.Cost.EvaluationUsd / 3 } };

        RunReport report = ReportBuilder.Build(input with { Candidates = [dear, cheap] });

        report.Verdict.Candidate.ShouldBe("z-cheap");
        report.Verdict.Sentence.ShouldContain($"level with {dear.Name}, which costs more");
        report.Candidates[0].Name.ShouldBe("z-cheap");
    }

    [Fact]
    public void A_lead_over_the_runner_up_that_may_be_chance_says_how_many_rows_would_tell()
    {
        ReportInput input = SampleRun.Input(200, champion: false);

        Verdict verdict = ReportBuilder.Build(input with { Candidates = [.. input.Candidates.Where(candidate => candidate.Name is "babbage-1" or "babbage-4")] }).Verdict;

        verdict.Notes.ShouldContain(note => note.Contains("would take about") && note.Contains("there are 200"));
    }

    [Fact]
    public void Pairs_are_told_from_the_better_candidates_side_the_best_one_first()
    {
        RunReport report = ReportBuilder.Build(SampleRun.Input());
        string[] ranked = [.. report.Candidates.Select(candidate => candidate.Name)];
        PairedComparison[] pairs = [.. report.Comparisons.Where(pair => pair.Score == report.Verdict.Score)];

        pairs.ShouldAllBe(pair => pair.Difference >= 0 && Array.IndexOf(ranked, pair.First) < Array.IndexOf(ranked, pair.Second));
        pairs[0].First.ShouldBe(ranked[0]);
    }

    [Fact]
    public void A_rule_that_the_labels_do_not_have_falls_back_on_accuracy_and_says_so()
    {
        ReportInput input = SampleRun.Input(300, promotion: new PromotionRecipe { Metric = PromotionMetric.GoodVersusBad });
        input = input with { Manifest = input.Manifest with { Labels = input.Manifest.Labels with { Ordered = false, Good = [] } } };
        RunReport report = ReportBuilder.Build(input);

        report.Verdict.Score.ShouldBe(Score.Accuracy);
        report.Findings.ShouldContain(finding => finding.Message.Contains("good versus bad"));
    }

    [Fact]
    public void Nothing_evaluated_is_nothing_to_promote()
    {
        ReportInput input = SampleRun.Input(300, champion: false);
        input = input with { Candidates = [.. input.Candidates.Where(candidate => candidate.Failure is not null)] };

        Verdict verdict = ReportBuilder.Build(input).Verdict;

        (verdict.Decision, verdict.Candidate).ShouldBe((VerdictKind.Keep, null));
    }

    private static Verdict Decide(int rows, double? champion, double challenger, PromotionRecipe? rule = null, double? baseline = null)
    {
        ReportInput input = SampleRun.Input(rows, champion: false, promotion: rule);
        var candidates = ImmutableArray.CreateBuilder<CandidateOutcome>();
        Add("challenger", OutcomeKind.FineTune, challenger, 0);
        if (champion is { } share)
        {
            Add("old", OutcomeKind.Champion, share, 1);
        }

        if (baseline is { } other)
        {
            Add("linear", OutcomeKind.LinearBaseline, other, 2);
        }

        return ReportBuilder.Build(input with { Candidates = candidates.ToImmutable(), Champion = champion is null ? null : "old" }).Verdict;

        // Right in exactly the given share of rows; different candidates are right on different rows.
        void Add(string name, OutcomeKind kind, double accuracy, int seed)
        {
            DatasetRow[] order = [.. input.Holdout];
            new Random(seed).Shuffle(order);
            int right = (int)(accuracy * rows);
            Prediction[] predictions = [.. order.Select((row, i) => new Prediction { Id = row.Id, Label = i < right ? row.Label : row.Label == "5" ? "4" : "5" })];
            candidates.Add(SampleRun.Outcome(name, kind, "babbage-002", predictions, 1, 0.1, simulated: false, null));
        }
    }
}
