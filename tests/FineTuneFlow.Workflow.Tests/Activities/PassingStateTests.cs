using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using FineTuneFlow.Workflow.Tests.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Activities;

/// <summary>What a service says of jobs and files while it has not come to an end with them itself.</summary>
public sealed class PassingStateTests
{
    private static readonly ProviderFacts Azure = new("azure", ProviderKind.AzureOpenAI, NeedsDeployment: true, NeedsFileProcessing: true, 1, "azureOpenAI");
    private static readonly ProviderJob Succeeded = new() { Id = "job-1", Model = "m", State = JobState.Succeeded, RawState = "succeeded" };
    private static readonly PollJobInput Poll = new("run-1", "a", "azure", "job-1");
    private static readonly UploadedFile File = new("run-1", "azure", "file-1");

    private readonly JobService _service = new(Azure);
    private readonly MemoryStore _store = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_is_not_shown_has_not_ended_and_tells_what_it_means_should_it_stay_so()
    {
        JobProgress progress = await PollAsync();

        progress.Ended.ShouldBeFalse();
        progress.State.ShouldBe("not shown by azure yet");
        progress.Missing!.Kind.ShouldBe(FailureKind.JobFailed);
        progress.Missing.Message.ShouldBe("azure does not know the job job-1");
    }

    [Fact]
    public async Task A_cancelled_run_waits_for_no_job_to_be_shown()
    {
        await _store.WriteJsonAsync(RunPaths.Cancellation("run-1"), new Failure(FailureKind.Cancelled, "by somebody"), cancellation: Cancellation);

        JobProgress progress = await PollAsync();

        (progress.Ended, progress.Failure!.Kind).ShouldBe((true, FailureKind.Cancelled));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(14, false)]
    [InlineData(15, true)]
    public async Task The_name_of_a_model_is_waited_for_a_quarter_of_an_hour(int minutes, bool ended)
    {
        _service.Listed.Add(Succeeded with { FinishedAt = DateTimeOffset.UnixEpoch });
        _clock.Advance(TimeSpan.FromMinutes(minutes));

        JobProgress progress = await PollAsync();

        progress.Ended.ShouldBe(ended);
        progress.Failure?.Message.ShouldBe("The job job-1 succeeded without naming a model");
        progress.State.ShouldBe(ended ? "succeeded" : "succeeded, its model is not named yet");
    }

    [Theory]
    [InlineData("pending", false)]
    [InlineData("running", false)]
    [InlineData("processing", false)]
    [InlineData("processed", true)]
    public async Task A_file_that_is_still_being_processed_is_not_ready(string state, bool ready)
    {
        _service.Files.Add(new ProviderFile("file-1", "f", 1, state, null));

        FileReadiness readiness = await new CheckFile(_service, new RunGuard(_store)).RunAsync(File, Cancellation);

        (readiness.Ready, readiness.Missing).ShouldBe((ready, null));
    }

    [Fact]
    public async Task A_file_that_is_not_shown_is_not_ready_and_tells_what_it_means_should_it_stay_so()
    {
        FileReadiness readiness = await new CheckFile(_service, new RunGuard(_store)).RunAsync(File, Cancellation);

        readiness.Ready.ShouldBeFalse();
        readiness.Missing!.Message.ShouldBe("azure does not have the uploaded file file-1");
    }

    private Task<JobProgress> PollAsync() => new PollJob(_store, _service, new RunGuard(_store), _clock).RunAsync(Poll, Cancellation);
}
