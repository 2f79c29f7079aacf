using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class CandidateRunsTests
{
    [Fact]
    public async Task Candidates_of_one_form_share_their_uploads_and_a_continuation_begins_with_the_model_that_it_continues()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Candidates = [StubAnswers.A, StubAnswers.Candidate("b", "a"), StubAnswers.Candidate("c")], Baselines = [] });

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Called.Count(step => step == nameof(Steps.UploadFile)).ShouldBe(2, "train and validation, once");
        stubs.Inputs(Steps.SubmitJob).ToDictionary(job => job.Candidate.Name, job => job.ContinueModel).ShouldBe(
            new Dictionary<string, string?> { ["a"] = null, ["b"] = "ft:a", ["c"] = null }, ignoreOrder: true);
        stubs.Record.Outcome.ShouldBe(RunOutcome.Succeeded);
    }

    [Fact]
    public async Task What_continues_a_failed_candidate_fails_with_its_reason_and_the_others_go_on()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Candidates = [StubAnswers.A, StubAnswers.Candidate("b", "a"), StubAnswers.Candidate("c")], Baselines = [] })
            .Answer(Steps.PollJob, input => new JobProgress("ended", null, null, true, input.Candidate == "a" ? new Failure(FailureKind.JobFailed, "diverged") : null));

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        stubs.Record.Outcome.ShouldBe(RunOutcome.PartlyFailed);
        ImmutableArray<CandidateRecord> candidates = stubs.Record.Candidates;
        candidates.Single(c => c.Name == "b").Failure!.Message.ShouldBe("a, which b continues, failed: diverged");
        candidates.Single(c => c.Name == "c").State.ShouldBe(CandidateState.Judged);
        stubs.Inputs(Steps.SubmitJob).Select(job => job.Candidate.Name).ShouldNotContain("b");
    }

    [Fact]
    public async Task What_does_not_fit_into_the_budget_beside_what_runs_is_not_begun()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        ImmutableSortedDictionary<string, double> each = ImmutableSortedDictionary<string, double>.Empty.Add("a", 60).Add("b", 60);
        stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Candidates = [StubAnswers.A, StubAnswers.Candidate("b")], Baselines = [] })
            .Answer(Steps.QuoteRun, _ => StubAnswers.Quote with { HighByCandidate = each });

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Inputs(Steps.SubmitJob).ShouldHaveSingleItem().Candidate.Name.ShouldBe("a");
        stubs.Record.Candidates.Single(c => c.Name == "b").Failure!.Kind.ShouldBe(FailureKind.BudgetExceeded);
    }

    [Fact]
    public async Task A_file_that_is_still_processed_is_waited_for()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int checks = 0;
        stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Baselines = [] })
            .Answer(Steps.CheckFile, _ => new FileReadiness(Interlocked.Increment(ref checks) > 8));

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Times(Steps.SubmitJob)[0].ShouldBe(TimeSpan.FromSeconds(2 + 3 + 4.5 + 6.75));
    }

    [Fact]
    public async Task A_file_that_is_not_shown_yet_is_waited_for_and_one_that_stays_unknown_fails_after_ten_minutes()
    {
        var gone = new Failure(FailureKind.NotFound, "service does not have the file");
        foreach (int shownAt in new[] { 6, int.MaxValue })
        {
            await using StubbedSteps stubs = await StubbedSteps.StartAsync();
            int checks = 0;
            stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Baselines = [] })
                .Answer(Steps.CheckFile, _ => Interlocked.Increment(ref checks) >= shownAt ? new FileReadiness(true) : new FileReadiness(false, gone));

            await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

            stubs.Called.Contains(nameof(Steps.SubmitJob)).ShouldBe(shownAt < int.MaxValue);
            if (shownAt == int.MaxValue)
            {
                stubs.Times(Steps.CheckFile)[^1].ShouldBeInRange(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(11.5));
                stubs.Record.Candidates.Select(one => one.Failure!.Message).Distinct().ShouldBe([gone.Message]);
            }
        }
    }

    [Fact]
    public async Task A_champion_of_our_own_is_judged_and_not_trained()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        var own = new OwnChampion(Core.Reports.OutcomeKind.LinearBaseline, "models/stubs/v1", new ModelOrigin("earlier", "linear"));
        stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Baselines = [new PlannedBaseline("champion", Core.Recipes.BaselineKind.Linear, own)] });

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        stubs.Called.ShouldContain(nameof(Steps.JudgeOwnChampion));
        stubs.Called.ShouldNotContain(nameof(Steps.TrainLinearBaseline));
    }
}
