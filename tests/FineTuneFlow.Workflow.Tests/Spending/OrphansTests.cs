using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>What a run has left under way is found and cancelled, and looked for again while anything is in doubt.</summary>
public sealed class OrphansTests
{
    private static readonly Recipe Plain = new() { Baselines = [] };
    private static readonly Recipe WithContainers = new()
    {
        Baselines = [new BaselineRecipe { Name = "linear" }, new BaselineRecipe { Name = "own", Kind = BaselineKind.Container, Model = "distilbert-base-cased" }],
    };

    private readonly MemoryStore _store = new();
    private readonly HeldContainers _containers = new();
    private readonly BatchService _batches = new();
    private readonly JobService _service;
    private readonly ImmutableArray<string>.Builder _notes = ImmutableArray.CreateBuilder<string>();

    public OrphansTests() => _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"))
    {
        Batches = _batches, Cancel = id => Job(id, JobState.Cancelled),
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private ContainerStarts Starts => new(_store, _containers, new SpendOnce(_store, _containers.Clock), _containers.Clock);

    [Fact]
    public async Task Jobs_and_batches_that_go_on_are_cancelled_and_noted()
    {
        await IntendAsync(RunPaths.JobIntent("run-1", "a"), SpendState.Made);
        await IntendAsync(RunPaths.BatchIntent("run-1", "a", 0, "batch"), SpendState.Refused);
        _service.Stamped.AddRange([Job("goes", JobState.Running), Job("done", JobState.Succeeded), Job("waits", JobState.Queued), Job("failed", JobState.Failed)]);
        _batches.Listed.AddRange([Batch("asks", BatchState.InProgress), Batch("ending", BatchState.Cancelling), Batch("answered", BatchState.Completed)]);

        await CancelAsync(Plain);

        _service.Cancelled.ShouldBe(["goes", "waits"]);
        _batches.Cancelled.ShouldBe(["asks"]);
        _notes.ShouldBe(
        [
            "Cancelled the job goes at openai, which nobody waited for any more", "Cancelled the job waits at openai, which nobody waited for any more",
            "Cancelled the batch asks at openai, which nobody waited for any more",
        ]);
        _batches.AskedFor.ShouldHaveSingleItem().ShouldBe(new Dictionary<string, string> { ["ftf_run"] = "run-1" });
    }

    [Fact]
    public async Task A_job_that_is_still_being_cancelled_is_waited_for()
    {
        await IntendAsync(RunPaths.JobIntent("run-1", "a"), SpendState.Made);
        _service.Stamped.AddRange([Job("goes", JobState.Running), Job("done", JobState.Succeeded)]);
        _service.Cancel = id => Job(id, JobState.Unknown);

        Failure waited = (await Should.ThrowAsync<FlowException>(CancelAsync(Plain))).Failure;

        (waited.Kind, waited.Message).ShouldBe((FailureKind.Ambiguous, "A job is being cancelled; what it has trained until then is paid for"));
        waited.Remedy.ShouldNotBeNull();
    }

    [Fact]
    public async Task A_run_that_asked_for_nothing_looks_for_nothing()
    {
        // Neither another run's intents nor what else lies beside its own.
        await IntendAsync(RunPaths.JobIntent("run-12", "a"), SpendState.Made);
        await IntendAsync(RunPaths.Job("run-1", "a"), SpendState.Made);

        await CancelAsync(Plain);

        (_service.Looks, _batches.AskedFor.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task Only_what_was_asked_for_is_looked_for()
    {
        await IntendAsync(RunPaths.BatchIntent("run-1", "a", 0, "batch"), SpendState.Made);
        await CancelAsync(Plain);
        (_service.Looks, _batches.AskedFor.Count).ShouldBe((0, 1));

        _service.Batches = null;
        await CancelAsync(Plain);
        await _store.DeleteAsync(RunPaths.BatchIntent("run-1", "a", 0, "batch"), Cancellation);
        _service.Batches = _batches;
        await IntendAsync(RunPaths.JobIntent("run-1", "a"), SpendState.Made);
        await CancelAsync(Plain);
        (_service.Looks, _batches.AskedFor.Count).ShouldBe((1, 1));
    }

    [Theory]
    // A request waits for its answer for 100 s and may take 30 s more to show: what is left of them after ten seconds.
    [InlineData(SpendState.Intended, SpendState.InDoubt, 120)]
    [InlineData(SpendState.InDoubt, SpendState.Intended, 120)]
    [InlineData(SpendState.InDoubt, SpendState.Made, 20)]
    [InlineData(SpendState.Refused, SpendState.InDoubt, 20)]
    [InlineData(null, SpendState.InDoubt, 20)]
    [InlineData(SpendState.InDoubt, null, 20)]
    [InlineData(SpendState.Refused, SpendState.Adopted, 0)]
    public async Task While_anything_is_in_doubt_it_is_looked_again_after_the_longest_of_the_times(SpendState? job, SpendState? batch, int seconds)
    {
        if (job is { } ofJob)
        {
            await IntendAsync(RunPaths.JobIntent("run-1", "a"), ofJob);
            await IntendAsync(RunPaths.JobIntent("run-1", "b"), SpendState.Refused);
        }

        if (batch is { } ofBatch)
        {
            await IntendAsync(RunPaths.BatchIntent("run-1", "a", 0, "batch"), ofBatch);
        }

        _service.Stamped.Add(Job("goes", JobState.Running));
        _containers.Clock.Advance(TimeSpan.FromSeconds(10));

        if (seconds == 0)
        {
            await CancelAsync(Plain);
        }
        else
        {
            Failure doubt = (await Should.ThrowAsync<FlowException>(CancelAsync(Plain))).Failure;
            (doubt.Kind, doubt.RetryAfter).ShouldBe((FailureKind.Ambiguous, TimeSpan.FromSeconds(seconds)));
            doubt.Remedy.ShouldNotBeNull();
        }

        _service.Cancelled.Count.ShouldBe(job is null ? 0 : 1, "what is known by then is cancelled all the same");
    }

    [Fact]
    public async Task Of_several_in_doubt_at_several_services_the_longest_time_counts()
    {
        await IntendAsync(RunPaths.JobIntent("run-1", "a"), SpendState.Intended);
        await IntendAsync(RunPaths.JobIntent("run-1", "b"), SpendState.InDoubt);
        var simulator = new JobService(_service.Facts with { Name = "simulator", Kind = ProviderKind.Simulator });

        foreach (ImmutableArray<IFineTuningProvider> providers in (ImmutableArray<IFineTuningProvider>[])[[_service, simulator], [simulator, _service]])
        {
            Failure doubt = (await Should.ThrowAsync<FlowException>(CancelAsync(Plain, providers))).Failure;
            doubt.RetryAfter.ShouldBe(TimeSpan.FromSeconds(130));
        }

        await CancelAsync(Plain, []);
    }

    [Fact]
    public async Task A_container_that_goes_on_is_stopped_and_one_that_has_ended_is_not()
    {
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), WithContainers, cancellation: Cancellation);
        await CancelAsync(WithContainers);
        _containers.Cancelled.ShouldBeEmpty("nothing was asked for");

        var requests = new ContainerRequests(_store);
        ContainerJobRequest request = await requests.OfAsync("run-1", "own", Cancellation);
        await _store.WriteAsync(request.Labels, new MemoryStream(), cancellation: Cancellation);
        await Starts.StartAsync(request, Cancellation);
        await CancelAsync(WithContainers);
        _containers.Cancelled.ShouldBe(["execution-1"]);
        _notes.ShouldBe(["Stopped the container execution-1 of own, which nobody waited for any more"]);

        _containers.End(ContainerState.Cancelled, null);
        await CancelAsync(WithContainers);
        _containers.Cancelled.Count.ShouldBe(1);
    }

    private Task CancelAsync(Recipe recipe) => CancelAsync(recipe, [_service]);

    private Task CancelAsync(Recipe recipe, ImmutableArray<IFineTuningProvider> providers) =>
        new Orphans(_store, _containers, Starts, new ContainerRequests(_store), new LeftJobs(_store, _containers.Clock), _containers.Clock).CancelAsync("run-1", recipe, providers, _notes, Cancellation);

    private async Task IntendAsync(BlobPath path, SpendState state)
    {
        bool made = state is SpendState.Made or SpendState.Adopted;
        DateTimeOffset now = _containers.Clock.GetUtcNow();
        if (path.Name.Contains("/batches/", StringComparison.Ordinal))
        {
            await _store.WriteJsonAsync(path, new SpendRecord<SubmittedBatch>(now, state, made ? new SubmittedBatch("b") : null), cancellation: Cancellation);
        }
        else
        {
            await _store.WriteJsonAsync(path, new SpendRecord<SubmittedJob>(now, state, made ? new SubmittedJob("j", null) : null), cancellation: Cancellation);
        }
    }

    private static ProviderJob Job(string id, JobState state) => new() { Id = id, Model = "gpt-4.1-mini", State = state, RawState = "" };

    private static ProviderBatch Batch(string id, BatchState state) => new() { Id = id, State = state, RawState = "" };
}
