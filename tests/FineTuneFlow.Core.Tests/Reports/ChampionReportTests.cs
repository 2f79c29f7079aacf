using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>What a report says of the champion: its days, and how far the candidates answer as it does.</summary>
public sealed class ChampionReportTests
{
    private static readonly DateOnly End = new(2027, 1, 14);

    [Fact]
    public void Each_candidate_is_held_against_the_champions_answers_row_by_row()
    {
        ReportInput input = SampleRun.Input(400);
        CandidateOutcome champion = input.Candidates.Single(one => one.Name == "stars-v3");
        var truth = input.Holdout.ToDictionary(row => row.Id, row => row.Label);

        ChampionReport told = ReportBuilder.Build(input).Champion.ShouldNotBeNull();

        told.RecordedBy.ShouldBeNull("it answered in this run");
        told.Agreements.Select(one => one.Candidate).ShouldBe(["gpt-system", "babbage-1", "babbage-4", "few-shot", "linear"], ignoreOrder: true);
        foreach (CandidateAgreement one in told.Agreements)
        {
            // Counted once more, in another way.
            CandidateOutcome candidate = input.Candidates.Single(outcome => outcome.Name == one.Candidate);
            (string Id, string Old, string New)[] both =
            [
                .. from old in champion.Predictions
                   join now in candidate.Predictions on old.Id equals now.Id
                   where old.Label is not null && now.Label is not null
                   select (old.Id, old.Label, now.Label),
            ];
            one.Rows.ShouldBe(both.Length);
            one.Same.ShouldBe(both.Count(pair => pair.Old == pair.New));
            one.Interval!.Contains(one.Share).ShouldBeTrue();
            one.OnlyChampion.ShouldBe(both.Count(pair => pair.Old != pair.New && pair.Old == truth[pair.Id]));
            one.OnlyCandidate.ShouldBe(both.Count(pair => pair.Old != pair.New && pair.New == truth[pair.Id]));
            one.Different.Select(row => row.Id).ShouldBe(both.Where(pair => pair.Old != pair.New).Select(pair => pair.Id), ignoreOrder: true);
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(11, true)]
    [InlineData(29, true)]
    [InlineData(30, false)]
    [InlineData(-3, true)]
    public void Its_days_are_told_and_few_of_them_are_a_warning(int days, bool warns)
    {
        ReportInput input = SampleRun.Input(60);
        DateOnly? end = days == 0 ? null : DateOnly.FromDateTime(input.EndedAt.UtcDateTime).AddDays(days);
        input = input with { OldChampion = input.OldChampion! with { EndsOn = end } };

        RunReport report = ReportBuilder.Build(input);

        report.Champion!.DaysLeft.ShouldBe(end is null ? null : days);
        Remark? remark = report.Findings.SingleOrDefault(one => one.Code == "champion-ends");
        remark?.Level.ShouldBe(warns ? RemarkLevel.Warning : RemarkLevel.Note);
        (remark?.Message ?? "").ShouldContain(days switch { 0 => "", < 0 => "answers no more since", _ => $"{days} days after this run" });
    }

    [Fact]
    public void One_that_answers_no_more_is_known_by_what_it_answered_before()
    {
        ReportInput input = SampleRun.Input(200);
        CandidateOutcome champion = input.Candidates.Single(one => one.Name == "stars-v3");
        // Half of the rows are of this holdout, and one is of another.
        Prediction[] recorded = [.. champion.Predictions.Take(100), new Prediction { Id = "elsewhere", Label = "1" }];
        input = input with
        {
            Candidates = [.. input.Candidates.Where(one => one != champion)],
            OldChampion = new OldChampion("babbage-002", End, "reviews-000000000000", recorded),
        };

        RunReport report = ReportBuilder.Build(input);

        report.Champion!.RecordedBy.ShouldBe("reviews-000000000000");
        report.Champion.Agreements.ShouldAllBe(one => one.Rows > 0 && one.Rows <= 100);
        string markdown = ReportMarkdown.Write(report);
        markdown.ShouldContain("## Agreement with the champion");
        markdown.ShouldContain("its answers are those of reviews-000000000000");
        ReportHtml.Write(report).ShouldContain("Agreement with the champion");
    }

    [Fact]
    public void Without_a_champion_nothing_is_said_of_one()
    {
        RunReport report = ReportBuilder.Build(SampleRun.Input(60, champion: false));

        report.Champion.ShouldBeNull();
        ReportMarkdown.Write(report).ShouldNotContain("Agreement with the champion");
    }
}
