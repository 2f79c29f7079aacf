using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Orchestrations;

namespace FineTuneFlow.Workflow.Tests.Orchestrations;

public sealed class EvaluateCandidateTests
{
    private const string Id = "evaluate";

    private static readonly EvaluateCandidateInput Input = new(StubAnswers.RunId, StubAnswers.A, "ft:a", StubAnswers.Evaluation with { Rows = 200, Chunks = 20 });

    public static TheoryData<string> StepsWhileDeployed => new(
        nameof(Steps.SubmitBatch), nameof(Steps.PollBatch), nameof(Steps.CollectBatch), nameof(Steps.EvaluateChunk));

    [Theory]
    [MemberData(nameof(StepsWhileDeployed))]
    public async Task The_deployment_is_removed_whichever_step_fails(string step)
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Fail(step, new Failure(FailureKind.QuotaExhausted, "no credit"));

        InstanceState ended = await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input with { Plan = Input.Plan with { Batch = true } });

        ended.Failure!.Kind.ShouldBe(FailureKind.QuotaExhausted);
        stubs.Called[^1].ShouldBe(nameof(Steps.RemoveDeployment));
    }

    [Fact]
    public async Task A_deployment_that_comes_is_waited_for_and_is_what_is_asked()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int looks = 0;
        stubs.Answer(Steps.DeployModel, _ => new DeployedModel("deployed-a", ++looks > 3));

        InstanceState ended = await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        stubs.Times(Steps.DeployModel).Select(at => at.TotalSeconds).ShouldBe([0, 5, 12.5, 23.75], tolerance: 1e-5);
        stubs.Inputs(Steps.EvaluateChunk).ShouldAllBe(chunk => chunk.Model == "deployed-a");
    }

    [Fact]
    public async Task A_deployment_that_never_comes_is_made_again_three_times_and_then_told()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.DeployModel, _ => new DeployedModel("deployed-a", false));

        InstanceState ended = await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.JobFailed);
        ended.Failure.Message.ShouldContain("still being made after 30 minutes, also after it was deleted and made again 3 times");
        ended.Failure.Remedy.ShouldNotBeNull().ShouldContain("rerun adopts the trained model");
        stubs.Inputs(Steps.DeployModel).Select(asked => asked.Remade).Distinct().ShouldBe([0, 1, 2, 3]);
        (ended.EndedAt!.Value - ended.CreatedAt).TotalMinutes.ShouldBeInRange(120, 126);
        stubs.Called.ShouldNotContain(nameof(Steps.EvaluateChunk));
    }

    [Fact]
    public async Task A_deployment_that_stands_and_answers_nothing_is_made_again_and_no_chunk_that_was_answered_is_asked_twice()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.DeployModel, _ => new DeployedModel("deployed-a", true));
        stubs.Answer(Steps.EvaluateChunk, chunk => stubs.Inputs(Steps.DeployModel).Max(asked => asked.Remade) == 0
            ? throw new FlowException(FailureKind.Unavailable, "azure has not made the deployment ready yet")
            : new ChunkResult(chunk.Chunk));

        InstanceState ended = await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        stubs.Inputs(Steps.DeployModel).Select(asked => asked.Remade).ShouldBe([0, 1]);
        stubs.Called[^2].ShouldBe(nameof(Steps.RemoveDeployment));
    }

    [Fact]
    public async Task A_model_that_answers_by_itself_is_asked_by_its_name_and_nothing_is_removed()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.DeployModel, _ => new DeployedModel(null, true));

        await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        stubs.Inputs(Steps.EvaluateChunk).ShouldAllBe(chunk => chunk.Model == "ft:a");
        stubs.Called.ShouldNotContain(nameof(Steps.RemoveDeployment));
    }

    [Fact]
    public async Task Every_chunk_is_asked_once_eight_at_a_time()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int running = 0;
        int most = 0;
        stubs.Before = async step =>
        {
            if (step == nameof(Steps.EvaluateChunk))
            {
                int now = Interlocked.Increment(ref running);
                InterlockedMax(ref most, now);
                await Task.Yield();
                Interlocked.Decrement(ref running);
            }
        };

        await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        stubs.Inputs(Steps.EvaluateChunk).Select(chunk => chunk.Chunk).Order().ShouldBe(Enumerable.Range(0, 20));
        most.ShouldBeLessThanOrEqualTo(8);
        stubs.Called[^1].ShouldBe(nameof(Steps.ScoreCandidate));
    }

    [Fact]
    public async Task A_chunk_that_is_refused_for_hours_is_asked_again_after_them_and_no_other_twice()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        bool refused = false;
        stubs.Answer(Steps.EvaluateChunk, chunk => chunk.Chunk == 5 && !refused && (refused = true)
            ? throw new FlowException(new Failure(FailureKind.Throttled, "later", RetryAfter: TimeSpan.FromHours(3)))
            : new ChunkResult(chunk.Chunk));

        InstanceState ended = await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        ended.Status.ShouldBe(InstanceStatus.Completed);
        (ended.EndedAt!.Value - ended.CreatedAt).ShouldBe(TimeSpan.FromHours(3));
        stubs.Inputs(Steps.EvaluateChunk).GroupBy(chunk => chunk.Chunk).ShouldAllBe(chunk => chunk.Count() == (chunk.Key == 5 ? 2 : 1));
    }

    [Fact]
    public async Task A_cancellation_ends_a_wait_of_hours_and_removes_the_deployment()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Fail(nameof(Steps.EvaluateChunk), new Failure(FailureKind.Throttled, "later", RetryAfter: TimeSpan.FromHours(3)));
        await stubs.Engine.StartAsync(Flows.EvaluateCandidate, Id, Input);
        await stubs.SettleAsync();

        await stubs.Engine.RaiseEventAsync(Id, Signals.Wake, new WakeUp(WakeUp.Cancelled));
        InstanceState ended = await stubs.EndOfAsync(Id);

        ended.Failure!.Kind.ShouldBe(FailureKind.Throttled);
        ended.EndedAt.ShouldBe(ended.CreatedAt);
        stubs.Called[^1].ShouldBe(nameof(Steps.RemoveDeployment));
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_being_asked_when_a_chunk_fails_is_waited_for_before_the_deployment_goes()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        var answers = new TaskCompletionSource();
        int waiting = 0;
        stubs.Before = async step =>
        {
            if (step == nameof(Steps.EvaluateChunk) && Interlocked.Increment(ref waiting) > 1)
            {
                await answers.Task;
            }
        };
        bool failed = false;
        stubs.Answer(Steps.EvaluateChunk, chunk => !failed && (failed = true) ? throw new FlowException(FailureKind.QuotaExhausted, "no credit") : new ChunkResult(chunk.Chunk));
        await stubs.Engine.StartAsync(Flows.EvaluateCandidate, Id, Input);
        while ((await stubs.Engine.GetHistoryAsync(Id)).All(entry => entry.Kind != HistoryKind.ActivityFailed))
        {
            await Task.Yield();
        }

        stubs.Called.ShouldNotContain(nameof(Steps.RemoveDeployment));
        answers.SetResult();

        (await stubs.EndOfAsync(Id)).Failure!.Kind.ShouldBe(FailureKind.QuotaExhausted);
        stubs.Called.Count(step => step == nameof(Steps.EvaluateChunk)).ShouldBe(8, "no other chunk was begun");
        stubs.Called[^1].ShouldBe(nameof(Steps.RemoveDeployment));
    }

    [Fact]
    public async Task A_model_that_is_answered_in_batches_only_gets_one_and_what_that_leaves_open_is_told()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        stubs.Answer(Steps.EvaluateChunk, chunk => new ChunkResult(chunk.Chunk, InBatchesOnly: chunk.Chunk == 3));

        InstanceState ended = await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input);

        ended.Failure!.Kind.ShouldBe(FailureKind.JobFailed);
        ended.Failure.Message.ShouldContain("in batches only");
        ended.Failure.Remedy.ShouldNotBeNull().ShouldContain("Rerun");
        stubs.Inputs(Steps.SubmitBatch).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Batches_take_forty_thousand_rows_each_are_looked_at_ever_more_rarely_and_followed_by_asking_what_they_left()
    {
        await using StubbedSteps stubs = await StubbedSteps.StartAsync();
        int polls = 0;
        stubs.Answer(Steps.PollBatch, _ => new BatchProgress("in_progress", null, null, Interlocked.Increment(ref polls) > 24));

        await stubs.RunAsync(Flows.EvaluateCandidate, Id, Input with { Plan = new EvaluationPlan("runs/a/test.jsonl", 90_000, 45, 2_000, Batch: true) });

        stubs.Inputs(Steps.SubmitBatch).OrderBy(part => part.Part).Select(part => (part.Part, part.FirstChunk, part.Chunks)).ShouldBe([(0, 0, 20), (1, 20, 20), (2, 40, 5)]);
        stubs.Called.Count(step => step == nameof(Steps.CollectBatch)).ShouldBe(3);
        stubs.Called.ToList().LastIndexOf(nameof(Steps.CollectBatch)).ShouldBeLessThan(stubs.Called.ToList().IndexOf(nameof(Steps.EvaluateChunk)));
        stubs.Inputs(Steps.EvaluateChunk).Count.ShouldBe(45);
    }

    private static void InterlockedMax(ref int most, int value)
    {
        int seen = Volatile.Read(ref most);
        while (value > seen && Interlocked.CompareExchange(ref most, value, seen) is var before && before != seen)
        {
            seen = before;
        }
    }
}
