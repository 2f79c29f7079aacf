using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

public sealed class ContainerStartsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_execution_that_was_interrupted_is_paid_for_like_the_one_that_took_its_place()
    {
        var jobs = new HeldContainers();
        ContainerStarts starts = Starts(jobs);
        ContainerJobRequest request = Request();
        (await starts.WorkedAsync(request, Cancellation)).ShouldBeNull();

        await starts.StartAsync(request, Cancellation);
        jobs.Clock.Advance(TimeSpan.FromHours(2));
        jobs.End(ContainerState.Failed, new Failure(FailureKind.Unavailable, "interrupted"));
        await starts.StartAsync(request, Cancellation);
        jobs.Clock.Advance(TimeSpan.FromHours(3));
        jobs.End(ContainerState.Succeeded, null);
        jobs.Clock.Advance(TimeSpan.FromHours(5));

        (await starts.WorkedAsync(request, Cancellation)).ShouldBe(("t4", TimeSpan.FromHours(5)));
        (await starts.FindLastAsync(request, Cancellation))!.Id.ShouldBe("execution-2");
    }

    [Fact]
    public async Task An_execution_that_goes_on_counts_up_to_now_and_one_that_never_began_is_not_counted()
    {
        var jobs = new HeldContainers();
        ContainerStarts starts = Starts(jobs);
        ContainerJobRequest request = Request();
        await starts.StartAsync(request, Cancellation);
        jobs.Clock.Advance(TimeSpan.FromHours(4));

        (await starts.WorkedAsync(request, Cancellation)).ShouldBe(("t4", TimeSpan.FromHours(4)));
        jobs.NeverBegan();
        (await starts.WorkedAsync(request, Cancellation)).ShouldBeNull();
    }

    [Theory]
    // Only where no machine took it, or it was taken away, another attempt is made.
    [InlineData(ContainerState.Failed, FailureKind.Unavailable, "execution-2")]
    [InlineData(ContainerState.Failed, FailureKind.JobFailed, "execution-1")]
    [InlineData(ContainerState.Succeeded, null, "execution-1")]
    [InlineData(ContainerState.Cancelled, null, "execution-1")]
    [InlineData(ContainerState.Running, null, "execution-1")]
    public async Task Asked_again_it_is_the_same_execution_or_the_next_attempt(ContainerState state, FailureKind? kind, string expected)
    {
        var jobs = new HeldContainers();
        ContainerStarts starts = Starts(jobs);
        ContainerJobRequest request = Request();
        (await starts.StartAsync(request, Cancellation)).ExecutionId.ShouldBe("execution-1");
        jobs.End(state, kind is { } why ? new Failure(why, "no") : null);
        jobs.Clock.Advance(TimeSpan.FromHours(10));

        (await starts.StartAsync(request, Cancellation)).ExecutionId.ShouldBe(expected);
        (await starts.StartAsync(request, Cancellation)).ExecutionId.ShouldBe(expected);
        jobs.Started.ShouldBe(expected == "execution-2" ? 2 : 1);
    }

    [Theory]
    // A request waits for 100 s and may take 30 s more to arrive.
    [InlineData(130, "execution-1")]
    [InlineData(131, "execution-2")]
    public async Task An_execution_that_is_not_shown_is_waited_for_and_then_gone(int seconds, string expected)
    {
        var jobs = new HeldContainers();
        ContainerStarts starts = Starts(jobs);
        ContainerJobRequest request = Request();
        await starts.StartAsync(request, Cancellation);
        jobs.IsHidden = true;
        jobs.Clock.Advance(TimeSpan.FromSeconds(seconds));

        (await starts.StartAsync(request, Cancellation)).ExecutionId.ShouldBe(expected);
    }

    [Fact]
    public async Task A_start_whose_answer_is_lost_is_in_doubt_until_its_execution_is_shown_or_its_time_is_over()
    {
        var jobs = new HeldContainers { LosesNextStart = true, IsHidden = true };
        ContainerStarts starts = Starts(jobs);
        ContainerJobRequest request = Request();
        await Should.ThrowAsync<FlowException>(starts.StartAsync(request, Cancellation));
        jobs.Clock.Advance(TimeSpan.FromSeconds(10));

        Failure doubt = (await Should.ThrowAsync<FlowException>(starts.FindLastAsync(request, Cancellation))).Failure;
        (doubt.Kind, doubt.RetryAfter).ShouldBe((FailureKind.Ambiguous, TimeSpan.FromSeconds(20)));
        doubt.Remedy.ShouldNotBeNull();
        (await Should.ThrowAsync<FlowException>(starts.StartAsync(request, Cancellation))).Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        jobs.IsHidden = false;
        (await starts.FindLastAsync(request, Cancellation))!.Id.ShouldBe("execution-1");
        jobs.IsHidden = true;
        jobs.Clock.Advance(TimeSpan.FromSeconds(20));
        (await starts.FindLastAsync(request, Cancellation)).ShouldBeNull();
        jobs.IsHidden = false;
        (await starts.StartAsync(request, Cancellation)).ExecutionId.ShouldBe("execution-1");
        jobs.Started.ShouldBe(1);
    }

    [Fact]
    public async Task An_execution_of_which_there_is_no_record_is_found_by_its_attempt()
    {
        var jobs = new HeldContainers();
        ContainerJobRequest request = Request();
        (await Starts(jobs).FindLastAsync(request, Cancellation)).ShouldBeNull();

        await jobs.StartAsync(request with { Attempt = 1 }, Cancellation);

        (await Starts(jobs).FindLastAsync(request, Cancellation))!.Id.ShouldBe("execution-1");
        var store = new MemoryStore();
        (await Starts(jobs, store).StartAsync(request, Cancellation)).ExecutionId.ShouldBe("execution-1");
        (await store.ExistsAsync(BlobPath.Of("runs", $"{request.Output.Name}.start-1.json"), Cancellation)).ShouldBeTrue();
        jobs.Started.ShouldBe(1);
    }

    private static ContainerStarts Starts(HeldContainers jobs, MemoryStore? kept = null)
    {
        MemoryStore store = kept ?? new MemoryStore();
        return new ContainerStarts(store, jobs, new SpendOnce(store, jobs.Clock), jobs.Clock);
    }

    private static ContainerJobRequest Request()
    {
        BlobPath Of(string file) => BlobPath.Of("runs", $"{Guid.NewGuid():N}/baselines/own/{file}");
        return new ContainerJobRequest
        {
            RunId = "containers-0123456789", Baseline = "own", Model = "distilbert-base-cased", Epochs = 1, Seed = 42,
            Train = Of("train"), Validation = Of("validation"), Texts = Of("texts"), Labels = Of("labels"), Output = Of("out"),
        };
    }
}
