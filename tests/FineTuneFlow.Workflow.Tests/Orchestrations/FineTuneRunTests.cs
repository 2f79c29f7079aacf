using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class FineTuneRunTests
{
    private static readonly Failure Broken = new(FailureKind.Forbidden, "no");

    /// <summary>Every step of a run whose candidate is asked in batches.</summary>
    public static TheoryData<string> StepsOfARun => new(
        nameof(Steps.PreparePlan), nameof(Steps.PrepareDataset), nameof(Steps.QuoteRun), nameof(Steps.PlanEvaluation), nameof(Steps.UploadFile),
        nameof(Steps.CheckFile), nameof(Steps.AcquireJobSlot), nameof(Steps.SubmitJob), nameof(Steps.PollJob), nameof(Steps.CollectResults),
        nameof(Steps.ReleaseJobSlot), nameof(Steps.DeployModel), nameof(Steps.SubmitBatch), nameof(Steps.PollBatch), nameof(Steps.CollectBatch),
        nameof(Steps.EvaluateChunk), nameof(Steps.RemoveDeployment), nameof(Steps.ScoreCandidate), nameof(Steps.TrainLinearBaseline),
        nameof(Steps.StartContainer), nameof(Steps.PollContainer), nameof(Steps.CollectContainer), nameof(Steps.Compare), nameof(Steps.Promote));

    [Fact]
    public async Task Its_steps_come_in_the_order_of_the_process()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PreparePlan, _ => StubAnswers.Plan with { Baselines = [] });

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        stubs.Called.Where(step => step != nameof(Steps.RecordRun)).Distinct().ShouldBe([
            nameof(Steps.PreparePlan), nameof(Steps.PrepareDataset), nameof(Steps.QuoteRun), nameof(Steps.PlanEvaluation), nameof(Steps.UploadFile),
            nameof(Steps.CheckFile), nameof(Steps.AcquireJobSlot), nameof(Steps.SubmitJob), nameof(Steps.PollJob), nameof(Steps.CollectResults),
            nameof(Steps.ReleaseJobSlot), nameof(Steps.DeployModel), nameof(Steps.EvaluateChunk), nameof(Steps.RemoveDeployment),
            nameof(Steps.ScoreCandidate), nameof(Steps.Compare), nameof(Steps.Promote), nameof(Steps.CleanUp)]);
        (stubs.Record.Outcome, stubs.Record.SpentUsd, stubs.Record.Promoted).ShouldBe((RunOutcome.Succeeded, 0.75, "a"));
        stubs.Record.Stages.Select(stage => StageWords.Find(stage.Name)!.Value).ShouldBe([
            RunStage.Planning, RunStage.Preparing, RunStage.Quoting, RunStage.Training, RunStage.Comparing, RunStage.Promoting, RunStage.CleaningUp]);
        stubs.Inputs(Steps.RecordRun).Select(record => record.Revision).ShouldBe(Enumerable.Range(1, 8));
    }

    [Theory]
    [MemberData(nameof(StepsOfARun))]
    public async Task A_step_that_fails_for_good_ends_the_run_or_its_candidate_and_all_is_cleaned_up(string step)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PlanEvaluation, _ => StubAnswers.Evaluation with { Batch = true }).Fail(step, Broken);

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        bool ofBaseline = step is nameof(Steps.TrainLinearBaseline) or nameof(Steps.StartContainer) or nameof(Steps.PollContainer) or nameof(Steps.CollectContainer);
        ended.Status.ShouldBe(ofBaseline ? InstanceStatus.Completed : InstanceStatus.Failed);
        (ended.Failure?.Kind).ShouldBe(ofBaseline ? null : FailureKind.Forbidden);
        RunRecord record = stubs.Record;
        record.Outcome.ShouldBe(ofBaseline ? RunOutcome.PartlyFailed : RunOutcome.Failed);
        record.EndedAt.ShouldNotBeNull();
        stubs.Called.ShouldContain(nameof(Steps.CleanUp));
        stubs.Called[^1].ShouldBe(nameof(Steps.RecordRun));
        if (stubs.Called.Contains(nameof(Steps.AcquireJobSlot)) && step != nameof(Steps.AcquireJobSlot))
        {
            stubs.Called.ShouldContain(nameof(Steps.ReleaseJobSlot));
        }

        if (stubs.Called.Contains(nameof(Steps.DeployModel)) && step != nameof(Steps.DeployModel))
        {
            stubs.Called.ShouldContain(nameof(Steps.RemoveDeployment));
        }

        record.Candidates.Where(c => c.Failure is not null).ShouldAllBe(c => c.State == CandidateState.Failed && c.Failure!.Kind == FailureKind.Forbidden);
    }

    [Theory]
    [MemberData(nameof(StepsOfARun))]
    public async Task A_step_that_fails_for_a_while_is_tried_again(string step)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PlanEvaluation, _ => StubAnswers.Evaluation with { Batch = true })
            .FailAtFirst(step, new Failure(FailureKind.Unavailable, "not now"), times: 3);

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Status.ShouldBe(InstanceStatus.Completed, ended.Failure?.ToString());
        stubs.Record.Outcome.ShouldBe(RunOutcome.Succeeded);
        stubs.Called.Count(called => called == step).ShouldBeGreaterThan(3);
    }

    /// <summary>Those at which a run can still be stopped.</summary>
    public static TheoryData<string> StepsBeforeTheVerdictCounts => [.. StepsOfARun.Select(row => row.Data).Where(step => step != nameof(Steps.Promote))];

    [Theory]
    [MemberData(nameof(StepsBeforeTheVerdictCounts))]
    public async Task A_cancellation_at_any_step_ends_the_run_as_cancelled_and_nothing_more_is_spent(string step)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.PlanEvaluation, _ => StubAnswers.Evaluation with { Batch = true });
        int cancels = 0;
        stubs.Before = async called =>
        {
            if (called == step && Interlocked.Increment(ref cancels) == 1)
            {
                await stubs.Engine.RaiseEventAsync(StubAnswers.RunId, Signals.Cancel, new CancelRequest("ann"));
            }
        };

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.Cancelled);
        (stubs.Record.Outcome, stubs.Record.Failure!.Message).ShouldBe((RunOutcome.Cancelled, "The run was cancelled by ann"));
        stubs.Called.Count(called => called == nameof(Steps.CancelRun)).ShouldBe(1);
        stubs.Called.Last(called => called != nameof(Steps.RecordRun)).ShouldBe(nameof(Steps.CleanUp));
        stubs.Called.ShouldContain(nameof(Steps.CleanUp));
        stubs.Called.ShouldNotContain(nameof(Steps.Promote));
    }

    [Theory]
    [InlineData(nameof(Steps.Promote))]
    [InlineData(nameof(Steps.CleanUp))]
    public async Task A_cancellation_while_the_verdict_is_carried_out_comes_too_late_and_the_record_says_so(string step)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Before = async called =>
        {
            if (called == step)
            {
                await stubs.Engine.RaiseEventAsync(StubAnswers.RunId, Signals.Cancel, new CancelRequest("ann"));
            }
        };

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Status.ShouldBe(InstanceStatus.Completed, ended.Failure?.ToString());
        (stubs.Record.Outcome, stubs.Record.Promoted, stubs.Record.Failure).ShouldBe((RunOutcome.Succeeded, "a", null));
        stubs.Record.Notes.ShouldContain("The cancellation by ann came too late: the verdict was already being carried out");
        stubs.Called.ShouldNotContain(nameof(Steps.CancelRun));
    }

    [Fact]
    public async Task The_deadline_during_a_promotion_is_noted_and_changes_nothing()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.FailAtFirst(nameof(Steps.Promote), new Failure(FailureKind.Unavailable, "not now"), times: 2).Before = called =>
        {
            if (called == nameof(Steps.Promote))
            {
                // Less than a step may take, and more than the deadline in three tries.
                stubs.Clock.Advance(TimeSpan.FromMinutes(30));
            }

            return Task.CompletedTask;
        };

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input with { DeadlineHours = 1 });

        ended.Status.ShouldBe(InstanceStatus.Completed, ended.Failure?.ToString());
        stubs.Record.Promoted.ShouldBe("a");
        stubs.Record.Notes.ShouldContain("The deadline passed while the verdict was being carried out");
    }

    [Fact]
    public async Task A_cleaning_up_that_fails_is_noted_and_hides_nothing()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Fail(nameof(Steps.CleanUp), Broken);

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        stubs.Record.Outcome.ShouldBe(RunOutcome.Succeeded);
        stubs.Record.Notes.ShouldContain(note => note.StartsWith("Cleaning up at the providers failed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_deadline_ends_a_run_whose_job_never_does()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        bool cancelled = false;
        stubs.Before = step =>
        {
            cancelled |= step == nameof(Steps.CancelRun);
            return Task.CompletedTask;
        };
        stubs.Answer(Steps.PollJob, _ => cancelled ? new JobProgress("cancelled", null, null, true, Broken) : new JobProgress("running", 1, 9, false, null));

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input with { DeadlineHours = 8 });

        ended.Failure!.Kind.ShouldBe(FailureKind.DeadlineExceeded);
        (ended.EndedAt!.Value - ended.CreatedAt).ShouldBe(TimeSpan.FromHours(8), TimeSpan.FromMilliseconds(5));
        stubs.Record.Outcome.ShouldBe(RunOutcome.Failed);
    }

    [Theory]
    [InlineData(true, RunOutcome.Succeeded)]
    [InlineData(false, RunOutcome.Rejected)]
    [InlineData(null, RunOutcome.Rejected)]
    public async Task A_quote_above_the_limit_waits_for_its_decision_and_no_longer_than_its_hours(bool? approved, RunOutcome outcome)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.QuoteRun, _ => StubAnswers.Quote with { NeedsApproval = true });
        await stubs.Engine.StartAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);
        await stubs.SettleAsync();
        stubs.Called.ShouldNotContain(nameof(Steps.UploadFile));
        if (approved is { } decided)
        {
            await stubs.Engine.RaiseEventAsync(StubAnswers.RunId, Signals.Approval, new ApprovalDecision(decided, "ann"));
        }

        InstanceState ended = await stubs.EndOfAsync(StubAnswers.RunId);

        stubs.Record.Outcome.ShouldBe(outcome);
        stubs.Record.Approval!.Approved.ShouldBe(approved is true);
        stubs.Called.Contains(nameof(Steps.UploadFile)).ShouldBe(approved is true);
        (ended.EndedAt!.Value - ended.CreatedAt).ShouldBe(approved is null ? TimeSpan.FromHours(24) : TimeSpan.Zero);
    }

    [Fact]
    public async Task A_quote_over_the_budget_uploads_nothing()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.QuoteRun, _ => StubAnswers.Quote with { LowUsd = 100.5 });

        InstanceState ended = await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.BudgetExceeded);
        stubs.Called.ShouldNotContain(nameof(Steps.UploadFile));
    }

    [Fact]
    public async Task Costs_that_come_to_light_at_the_end_are_in_the_record()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.CleanUp, _ => new CleanUpResult([new LateCost("a", 0.125, false)], ["a note"]));

        await stubs.RunAsync(Flows.FineTuneRun, StubAnswers.RunId, StubAnswers.Input);

        CandidateScore own = StubAnswers.Score("own", Core.Reports.OutcomeKind.ContainerBaseline);
        stubs.Inputs(Steps.CleanUp).ShouldHaveSingleItem().Judged.ShouldBe(["a", "linear", "own"]);
        stubs.Record.SpentUsd.ShouldBe(0.5 + (3 * own.CostUsd) + 0.125, 1e-9);
        stubs.Record.Candidates.Single(c => c.Name == "a").CostUsd!.Value.ShouldBe(0.5 + 0.25 + 0.125, 1e-9);
        stubs.Record.Notes.ShouldContain("a note");
    }
}
