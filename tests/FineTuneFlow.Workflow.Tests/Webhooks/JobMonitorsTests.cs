using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;
using FineTuneFlow.Workflow.Tests.Spending;
using FineTuneFlow.Workflow.Webhooks;

namespace FineTuneFlow.Workflow.Tests.Webhooks;

public sealed class JobMonitorsTests
{
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"));

    [Fact]
    public async Task A_jobs_stamp_names_the_instance_that_waits_for_it()
    {
        _service.Listed.Add(Job("job-1") with { Metadata = JobMetadata.Of("run-1", "a") });
        _service.Listed.Add(Job("job-2"));

        (await FindAsync("job-1")).ShouldBe(Flows.MonitorId("run-1", "a"));
        (await FindAsync("job-2")).ShouldBeNull();
        (await FindAsync("job-3")).ShouldBeNull();
    }

    [Fact]
    public async Task A_service_that_keeps_no_stamps_or_cannot_be_reached_names_nobody()
    {
        _service.Listed.Add(Job("job-1") with { Metadata = JobMetadata.Of("run-1", "a") });
        _service.Refusal = new FlowException(FailureKind.Unavailable, "down");

        (await FindAsync("job-1")).ShouldBeNull();
        (_service.Refusal, _service.Facts) = (null, _service.Facts with { KeepsMetadata = false });
        (await FindAsync("job-1")).ShouldBeNull();
    }

    private Task<string?> FindAsync(string job) => new JobMonitors(_service).FindAsync(job, TestContext.Current.CancellationToken);

    private static ProviderJob Job(string id) => new() { Id = id, Model = "gpt-4.1-mini", State = JobState.Running, RawState = "running" };
}
