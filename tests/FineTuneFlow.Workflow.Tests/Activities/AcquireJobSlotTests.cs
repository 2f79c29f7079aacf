using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using FineTuneFlow.Workflow.Tests.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Activities;

public sealed class AcquireJobSlotTests
{
    private static readonly JobSlotInput Asked = new("run-1", "a", "openai");

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new();
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 1, "openai"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_again_while_the_job_runs_it_keeps_its_place_and_the_next_one_waits()
    {
        (await AcquireAsync(Asked)).ShouldBe(new JobSlot(true, 0));
        await _store.WriteJsonAsync(RunPaths.Job("run-1", "a"), Job(JobState.Running), cancellation: Cancellation);

        (await AcquireAsync(Asked)).ShouldBe(new JobSlot(true, 0));
        (await AcquireAsync(Asked with { Candidate = "b" })).ShouldBe(new JobSlot(false, 1));
    }

    [Theory]
    [InlineData(JobState.Succeeded)]
    [InlineData(JobState.Failed)]
    public async Task A_delivery_that_comes_after_the_training_takes_no_slot(JobState state)
    {
        await _store.WriteJsonAsync(RunPaths.Job("run-1", "a"), Job(state), cancellation: Cancellation);

        await RefusedAsync();
    }

    [Fact]
    public async Task A_delivery_that_comes_after_the_run_takes_no_slot()
    {
        await _store.WriteJsonAsync(
            RunPaths.Record("run-1"),
            new RunRecord
            {
                RunId = "run-1", Project = "p", Drop = new BlobRef("drops/p/a.csv", "", 0), Recipe = new BlobRef("runs/run-1/recipe.json", "", 0), Trigger = "http",
                Outcome = RunOutcome.Failed, StartedAt = _time.GetUtcNow(), EndedAt = _time.GetUtcNow(),
            },
            cancellation: Cancellation);

        await RefusedAsync();
    }

    [Fact]
    public async Task A_delivery_during_which_the_run_is_cancelled_gives_its_slot_back()
    {
        // The run is cancelled, and cleaned up after, while the slot is being taken.
        _store.Written = () => _ = _store.WriteJsonAsync(RunPaths.Cancellation("run-1"), new Failure(FailureKind.Cancelled, "by somebody"), cancellation: Cancellation);

        (await Should.ThrowAsync<FlowException>(AcquireAsync(Asked))).Failure.Kind.ShouldBe(FailureKind.Cancelled);

        (await AcquireAsync(Asked with { RunId = "run-2" })).ShouldBe(new JobSlot(true, 0));
    }

    private async Task RefusedAsync()
    {
        (await Should.ThrowAsync<FlowException>(AcquireAsync(Asked))).Failure.Kind.ShouldBe(FailureKind.Conflict);
        (await AcquireAsync(Asked with { RunId = "run-2" })).ShouldBe(new JobSlot(true, 0));
    }

    private Task<JobSlot> AcquireAsync(JobSlotInput asked) =>
        new AcquireJobSlot(_store, new JobSlots(_store, _time), _service, new RunGuard(_store)).RunAsync(asked, Cancellation);

    private static ProviderJob Job(JobState state) => new() { Id = "job-1", Model = "gpt-4.1-mini", State = state, RawState = $"{state}" };
}
