using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.ContainerJobs;
using FineTuneFlow.Tests;
using FineTuneFlow.Tests.Containers;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Providers.Tests.ContainerJobs;

public sealed class AzureContainerJobsTests(Azurite azurite) : IAsyncLifetime
{
    private readonly BaselineRun _run = new(azurite);
    private readonly MovedClock _clock = new();
    private FakeContainerApps _azure = null!;
    private AzureContainerJobs _jobs = null!;
    private ContainerStarts _starts = null!;

    public async ValueTask InitializeAsync()
    {
        _azure = await FakeContainerApps.StartAsync();
        _jobs = new AzureContainerJobs(
            new AzureContainerOptions
            {
                ResourceManager = _azure.Address, Subscription = "sub-1", ResourceGroup = "rg", Job = "baseline", Container = "worker",
                BlobService = new Uri("https://account.blob.core.windows.net/"),
            },
            new FixedToken(), _run.Store, _clock);
        _starts = new ContainerStarts(_run.Store, _jobs, new SpendOnce(_run.Store, _clock), _clock);
    }

    public async ValueTask DisposeAsync()
    {
        _jobs.Dispose();
        await _azure.DisposeAsync();
    }

    [Fact]
    public async Task A_start_sends_the_jobs_own_template_with_our_environment_in_the_working_container()
    {
        ContainerExecution execution = await StartAsync(_run.Request);

        execution.Id.ShouldBe("baseline-1");
        execution.State.ShouldBe(ContainerState.Pending);
        JsonObject template = _azure.Starts.ShouldHaveSingleItem();
        template["initContainers"]![0]!["image"]!.ToString().ShouldBe("registry/warm:1");
        template["containers"]![0]!["image"]!.ToString().ShouldBe("registry/sidecar:1");
        JsonNode worker = template["containers"]![1]!;
        worker["image"]!.ToString().ShouldBe("registry/distilbert:7");
        // What the service adds to a job that it is asked for is refused in a start.
        worker.AsObject().Select(pair => pair.Key).ShouldBe(["image", "name", "args", "env", "resources"]);
        worker["resources"]!.ToJsonString().ShouldBe("""{"cpu":8,"memory":"56Gi"}""");
        var env = worker["env"]!.AsArray().ToDictionary(e => e!["name"]!.ToString(), e => (e!["value"] ?? e["secretRef"])!.ToString());
        env["HF_TOKEN"].ShouldBe("hf-token");
        env["AZURE_CLIENT_ID"].ShouldBe("client-1");
        env["FTF_RUN_ID"].ShouldBe("reviews-0123456789");
        env["FTF_ATTEMPT"].ShouldBe("1");
        env["FTF_MODEL"].ShouldBe("distilbert-base-cased");
        env["FTF_EPOCHS"].ShouldBe("2");
        env["FTF_TRAIN"].ShouldBe($"https://account.blob.core.windows.net/{_run.Request.Train}");
        env["FTF_OUTPUT"].ShouldBe($"https://account.blob.core.windows.net/{_run.Request.Output}");
        _azure.Requests.ShouldAllBe(r => r.Headers["Authorization"] == "Bearer fixed-token" && r.Query.Contains("api-version=2026-01-01"));
    }

    [Fact]
    public async Task However_often_it_is_called_one_execution_is_started()
    {
        for (int i = 0; i < 5; i++)
        {
            (await StartAsync(_run.Request)).Id.ShouldBe("baseline-1");
        }

        _azure.Starts.Count.ShouldBe(1);
        // Another baseline of the same run is another execution.
        (await StartAsync(_run.Other("other"))).Id.ShouldBe("baseline-2");
    }

    [Fact]
    public async Task Of_two_hosts_that_start_at_once_one_does()
    {
        // Both have listed and found nothing before either has started.
        using var together = new Barrier(2);
        _azure.AfterList = () => together.SignalAndWait(TimeSpan.FromSeconds(10));

        Task<ContainerExecution>[] both = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => StartAsync(_run.Request)))];
        await Task.WhenAll(both.Select(b => b.ContinueWith(_ => { }, TaskScheduler.Default)));
        _azure.AfterList = null;

        _azure.Starts.Count.ShouldBe(1);
        both.Count(b => b.IsCompletedSuccessfully).ShouldBe(1);
        ((FlowException)both.Single(b => b.IsFaulted).Exception!.InnerException!).Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        (await StartAsync(_run.Request)).Id.ShouldBe("baseline-1");
    }

    [Fact]
    public async Task What_was_started_is_found_without_starting_anything_and_a_lost_start_is_waited_for()
    {
        (await _starts.FindLastAsync(_run.Request, default)).ShouldBeNull();
        _azure.StartFaults.Enqueue("lostAtAll");
        (await FaultAsync()).Kind.ShouldBe(FailureKind.Ambiguous);

        (await Should.ThrowAsync<FlowException>(() => _starts.FindLastAsync(_run.Request, default))).Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        _clock.Now += TimeSpan.FromMinutes(4);
        (await _starts.FindLastAsync(_run.Request, default)).ShouldBeNull();
        _azure.Starts.ShouldBeEmpty();

        await StartAsync(_run.Request);
        (await _starts.FindLastAsync(_run.Request, default))!.Id.ShouldBe("baseline-1");
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("unnamed")]
    public async Task A_start_whose_answer_was_lost_is_found_and_adopted(string fault)
    {
        _azure.StartFaults.Enqueue(fault);

        (await FaultAsync()).Kind.ShouldBe(FailureKind.Ambiguous);

        (await StartAsync(_run.Request)).Id.ShouldBe("baseline-1");
        _azure.Starts.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("lostAtAll")]
    [InlineData("500")]
    public async Task A_start_that_came_to_nothing_is_made_again_once_it_could_have_shown_up(string fault)
    {
        _azure.StartFaults.Enqueue(fault);
        (await FaultAsync()).Kind.ShouldBe(FailureKind.Ambiguous);

        _clock.Now += TimeSpan.FromMinutes(2);
        Failure waits = await FaultAsync();
        waits.Kind.ShouldBe(FailureKind.Ambiguous);
        waits.RetryAfter!.Value.ShouldBeGreaterThan(TimeSpan.Zero);
        _azure.Starts.ShouldBeEmpty();

        _clock.Now += TimeSpan.FromMinutes(2);
        (await StartAsync(_run.Request)).Id.ShouldBe("baseline-1");
    }

    [Theory]
    [InlineData("429", FailureKind.Throttled)]
    [InlineData("401", FailureKind.Unauthenticated)]
    [InlineData("403", FailureKind.Forbidden)]
    [InlineData("409", FailureKind.Unavailable)]
    [InlineData("400", FailureKind.InvalidInput)]
    public async Task A_start_that_was_refused_says_why_and_may_be_made_at_once_again(string fault, FailureKind kind)
    {
        _azure.StartFaults.Enqueue(fault);

        Failure failure = await FaultAsync();

        failure.Kind.ShouldBe(kind);
        failure.ToString().ShouldNotContain("reviewer");
        if (kind == FailureKind.Throttled)
        {
            failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(17));
        }

        (await StartAsync(_run.Request)).Id.ShouldBe("baseline-1");
    }

    [Fact]
    public async Task A_job_that_is_not_there_is_named_with_its_settings()
    {
        _azure.HasJob = false;

        Failure failure = await FaultAsync();

        failure.Kind.ShouldBe(FailureKind.NotFound);
        failure.Remedy.ShouldNotBeNull().ShouldContain("Baselines__Job");
    }

    [Fact]
    public async Task An_image_that_cannot_be_pulled_is_no_failed_training_and_another_execution_is_started()
    {
        await StartAsync(_run.Request);
        _azure.Set("baseline-1", "Failed", "BackoffLimitExceeded");

        ContainerExecution failed = (await _jobs.GetAsync(_run.Request, "baseline-1"))!;

        failed.State.ShouldBe(ContainerState.Failed);
        failed.Failure!.Kind.ShouldBe(FailureKind.Unavailable);
        (await _jobs.ReadLogTailAsync(_run.Request, "baseline-1")).ShouldContain("BackoffLimitExceeded");
        (await StartAsync(_run.Request)).Id.ShouldBe("baseline-2");
        (await StartAsync(_run.Request)).Id.ShouldBe("baseline-2");
        _azure.Starts.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("training", null, FailureKind.JobFailed, "training failed")]
    [InlineData("outOfMemory", 4, FailureKind.JobFailed, "memory")]
    [InlineData(null, 137, FailureKind.JobFailed, "memory")]
    [InlineData(null, 3, FailureKind.JobFailed, "exit code 3")]
    [InlineData(null, 2, FailureKind.InvalidInput, "refused its input")]
    [InlineData("invalidInput", 1, FailureKind.InvalidInput, "refused its input")]
    [InlineData(null, null, FailureKind.JobFailed, "without a result")]
    [InlineData("unavailable", 75, FailureKind.Unavailable, "could not reach")]
    [InlineData(null, 75, FailureKind.Unavailable, "could not reach")]
    [InlineData(null, 76, FailureKind.Unavailable, "Another execution")]
    public async Task A_container_that_began_and_failed_is_told_by_its_result_and_exit_code(string? error, int? code, FailureKind kind, string part)
    {
        await StartAsync(_run.Request);
        await _run.WriteOutputAsync(ContainerFiles.Progress, """{"stage":"training","step":3,"totalSteps":10,"at":"2026-11-22T10:05:00Z"}""");
        if (error is not null)
        {
            await _run.WriteOutputAsync(ContainerFiles.Result, $$"""{"status":"failed","error":"{{error}}","message":"the text was: my secret review"}""");
        }

        await _run.WriteOutputAsync(ContainerFiles.Log, "Traceback: it broke");
        _azure.Set("baseline-1", "Failed", code: code);

        ContainerExecution failed = (await _jobs.GetAsync(_run.Request, "baseline-1"))!;

        failed.Failure!.Kind.ShouldBe(kind);
        failed.Failure.Message.ShouldContain(part);
        failed.Failure.ToString().ShouldNotContain("secret");
        failed.Progress!.Step.ShouldBe(3);
        (await _jobs.ReadLogTailAsync(_run.Request, "baseline-1")).ShouldBe("Traceback: it broke");
        string next = (await StartAsync(_run.Request)).Id;
        next.ShouldBe(kind == FailureKind.Unavailable ? "baseline-2" : "baseline-1");
    }

    [Fact]
    public async Task What_an_interrupted_execution_left_is_not_taken_for_the_next_ones()
    {
        await StartAsync(_run.Request);
        await _run.WriteOutputAsync(ContainerFiles.Progress, """{"stage":"loading","step":0,"totalSteps":0,"at":"2026-11-22T10:05:00Z"}""");
        await _run.WriteOutputAsync(ContainerFiles.Result, """{"status":"failed","error":"unavailable"}""");
        _azure.Set("baseline-1", "Failed", code: 75);
        await StartAsync(_run.Request);
        _azure.Set("baseline-2", "Failed");

        ContainerExecution second = (await _jobs.GetAsync(_run.Request, "baseline-2"))!;

        second.Progress.ShouldBeNull();
        second.Failure!.Message.ShouldContain("never began");
    }

    [Fact]
    public async Task Success_means_a_whole_output_folder()
    {
        await StartAsync(_run.Request);
        (await _jobs.GetAsync(_run.Request, "baseline-1"))!.State.ShouldBe(ContainerState.Pending);
        await _run.WriteOutputAsync(ContainerFiles.Progress, """{"stage":"training","step":3,"totalSteps":10,"at":"2026-11-22T10:05:00Z"}""");
        (await _jobs.GetAsync(_run.Request, "baseline-1"))!.State.ShouldBe(ContainerState.Running);

        _azure.Set("baseline-1", "Succeeded");
        (await _jobs.GetAsync(_run.Request, "baseline-1"))!.Failure!.Kind.ShouldBe(FailureKind.JobFailed);
        await _run.WriteOutputAsync(ContainerFiles.Result, """{"status":"succeeded","trainSeconds":1200}""");

        ContainerExecution done = (await _jobs.GetAsync(_run.Request, "baseline-1"))!;
        done.State.ShouldBe(ContainerState.Succeeded);
        (done.EndedAt - done.StartedAt).ShouldBe(TimeSpan.FromMinutes(29));
        done.Machine.ShouldBe("t4");
    }

    [Fact]
    public async Task Outputs_whose_execution_the_service_has_forgotten_are_still_taken()
    {
        await StartAsync(_run.Request);
        await _run.WriteOutputAsync(ContainerFiles.Progress, """{"stage":"done","step":9,"totalSteps":9,"at":"2026-11-22T10:05:00Z"}""");
        await _run.WriteOutputAsync(ContainerFiles.Result, """{"status":"succeeded","trainSeconds":1200,"predictSeconds":60}""");
        _azure.Executions.Clear();

        (await _jobs.GetAsync(_run.Request, "baseline-1"))!.State.ShouldBe(ContainerState.Succeeded);
        ContainerExecution found = await StartAsync(_run.Request);

        found.State.ShouldBe(ContainerState.Succeeded);
        (found.EndedAt - found.StartedAt).ShouldBe(TimeSpan.FromSeconds(1260));
        _azure.Starts.Count.ShouldBe(1);
        (await _jobs.GetAsync(_run.Request with { Output = BlobPath.Of("elsewhere", "out") }, "baseline-9")).ShouldBeNull();
    }

    [Fact]
    public async Task Executions_are_found_on_any_page_and_pages_elsewhere_are_not_followed()
    {
        await StartAsync(_run.Request);
        _azure.PageSize = 2;
        for (int i = 0; i < 6; i++)
        {
            await StartAsync(_run.Other($"other-{i}"));
        }

        (await _jobs.FindAsync(_run.Request))!.Id.ShouldBe("baseline-1");
        _azure.NextLinkHost = "http://127.0.0.1:1";
        (await Should.ThrowAsync<FlowException>(() => _jobs.FindAsync(_run.Request))).Failure.Message.ShouldContain("another address");
    }

    [Fact]
    public async Task A_cancelled_execution_stays_cancelled_and_cancelling_what_has_ended_is_no_error()
    {
        await StartAsync(_run.Request);

        await _jobs.CancelAsync(_run.Request, "baseline-1");
        _azure.Set("baseline-1", "Stopped");
        await _jobs.CancelAsync(_run.Request, "baseline-1");
        await _jobs.CancelAsync(_run.Request, "baseline-9");

        _azure.Stopped.ShouldBe(["baseline-1", "baseline-1", "baseline-9"]);
        (await StartAsync(_run.Request)).State.ShouldBe(ContainerState.Cancelled);
    }

    [Fact]
    public async Task A_gateways_page_and_a_word_that_nobody_knows_do_no_harm()
    {
        await StartAsync(_run.Request);
        _azure.Set("baseline-1", "Hibernating");
        (await _jobs.GetAsync(_run.Request, "baseline-1"))!.HasEnded.ShouldBeFalse();
        _azure.ListFault = "502";

        (await Should.ThrowAsync<FlowException>(() => _jobs.FindAsync(_run.Request))).Failure.Kind.ShouldBe(FailureKind.Unavailable);
    }

    private async Task<ContainerExecution> StartAsync(ContainerJobRequest request) =>
        (await _jobs.GetAsync(request, (await _starts.StartAsync(request, default)).ExecutionId)).ShouldNotBeNull();

    private async Task<Failure> FaultAsync() =>
        (await Should.ThrowAsync<FlowException>(() => StartAsync(_run.Request))).Failure;

    private sealed class MovedClock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
