using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Tests.Runs;

/// <summary>Limits that time lifts, and what a run leaves at its provider.</summary>
public sealed class ProviderLimitsTests
{
    private const string One = """
        { "candidates": [{ "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 }], "baselines": [], "budget": { "approveAbove": 50 } }
        """;

    [Theory]
    [InlineData("dailyCap", "waiting for the provider's next day")]
    [InlineData("tooManyJobs", "waiting for a job slot")]
    public async Task A_provider_that_takes_no_job_now_is_waited_for_by_a_durable_timer_and_not_by_retries(string fault, string says)
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync($$"""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "calls": [1], "action": "{{fault}}", "retryAfter": 3 } ] }""");
        StartedRun run = await product.RunAsync($"limit-{fault}".ToLowerInvariant(), Reviews.Csv(100), One);

        await product.UntilAsync(run.RunId, v => v.Candidates.Any(c => c.Progress?.State == says));
        RunView ended = await product.EndAsync(run.RunId);

        ended.Outcome.ShouldBe(RunOutcome.Succeeded);
        product.JobsCreated().ShouldBe(1);
        IReadOnlyList<HistoryEntry> history = await product.Engine.GetHistoryAsync(Flows.TrainId(run.RunId, "gpt"));
        history.Count(e => e.Kind == HistoryKind.ActivityFailed).ShouldBe(0, "a limit is an answer, not a failure");
        history.Count(e => e.Kind == HistoryKind.ActivityScheduled && e.Name == nameof(SubmitJob)).ShouldBe(2);
        HistoryEntry timer = history.First(e => e.Kind == HistoryKind.TimerCreated && e.Sequence > history.First(h => h.Name == nameof(SubmitJob)).Sequence);
        (timer.DueAt!.Value - timer.At).ShouldBe(TimeSpan.FromSeconds(fault == "dailyCap" ? 3 : 5));
    }

    [Fact]
    public async Task A_daily_cap_without_a_time_is_waited_out_until_the_next_day_begins()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        await product.FaultsAsync("""{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "action": "dailyCap" } ] }""");
        StartedRun run = await product.RunAsync("limit-day", Reviews.Csv(100), One);
        await product.UntilAsync(run.RunId, v => v.Candidates.Any(c => c.Progress?.State == "waiting for the provider's next day"));

        IReadOnlyList<HistoryEntry> history = await product.Engine.GetHistoryAsync(Flows.TrainId(run.RunId, "gpt"));
        HistoryEntry timer = history.Last(e => e.Kind == HistoryKind.TimerCreated);
        timer.DueAt!.Value.ShouldBe(new DateTimeOffset(timer.At.UtcDateTime.Date.AddDays(1).AddMinutes(1), TimeSpan.Zero));
        await product.Engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest(), TestContext.Current.CancellationToken);
        (await product.EndAsync(run.RunId)).Outcome.ShouldBe(RunOutcome.Cancelled, "what waits for the next day hears of a cancellation at once");
    }

    [Fact]
    public async Task Runs_queue_for_the_job_slots_of_their_provider()
    {
        await using WholeProduct product = await WholeProduct.StartAsync(
            ("Providers:queued:Kind", "simulator"), ("Providers:queued:BaseAddress", "{simulator}/v1/"), ("Providers:queued:Key", "test"), ("Providers:queued:MaxJobs", "1"));
        const string Three = """
            {
              "candidates": [
                { "name": "a", "provider": "queued", "model": "babbage-002", "epochs": 1 }, { "name": "b", "provider": "queued", "model": "babbage-002", "epochs": 2 },
                { "name": "c", "provider": "queued", "model": "gpt-3.5-turbo", "epochs": 1 } ],
              "baselines": [], "budget": { "approveAbove": 50 }
            }
            """;
        StartedRun[] runs = [await product.RunAsync("queue-one", Reviews.Csv(150), Three), await product.RunAsync("queue-two", Reviews.Csv(150, seed: 2), Three)];
        IFineTuningProvider provider = product.Get<IProviders>().Get("queued");
        int most = 0;
        foreach (StartedRun run in runs)
        {
            await product.UntilAsync(run.RunId, v =>
            {
                most = Math.Max(most, Task.Run(async () => await provider.FindJobsAsync(new Dictionary<string, string>()).CountAsync(j => !j.HasEnded)).GetAwaiter().GetResult());
                return v.EndedAt is not null;
            });
        }

        most.ShouldBe(1);
        product.JobsCreated().ShouldBe(6);
    }

    [Fact]
    public async Task Uploads_are_deleted_after_the_run_unless_the_recipe_keeps_them_and_another_runs_are_left()
    {
        await using WholeProduct product = await WholeProduct.StartAsync();
        StartedRun keeps = await product.RunAsync("keeps-uploads", Reviews.Csv(100), One.Replace(
            "\"baselines\"", "\"retention\": { \"deleteUploads\": false }, \"baselines\"", StringComparison.Ordinal));
        await product.EndAsync(keeps.RunId);
        StartedRun deletes = await product.RunAsync("deletes-uploads", Reviews.Csv(100), One);
        (await product.EndAsync(deletes.RunId)).Outcome.ShouldBe(RunOutcome.Succeeded);

        string[] names = await product.Get<IProviders>().Get("simulator").ListFilesAsync().Select(f => f.Name).ToArrayAsync(TestContext.Current.CancellationToken);
        names.Count(n => n.Contains(keeps.RunId, StringComparison.Ordinal)).ShouldBe(2);
        names.ShouldNotContain(n => n.Contains(deletes.RunId, StringComparison.Ordinal));
    }
}
