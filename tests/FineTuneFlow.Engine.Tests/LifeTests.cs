using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace FineTuneFlow.Engine.Tests;

public class LifeTests
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly EventName<int> Go = new("Go");
    private static readonly OrchestrationName<int, int> Run = new("Run");

    [Fact]
    public async Task A_host_starts_and_stops_the_engine_and_a_second_host_on_the_database_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory("ftf-engine-host-").FullName;
        IHost Make()
        {
            HostApplicationBuilder builder = Host.CreateEmptyApplicationBuilder(null);
            builder.Services.AddLogging();
            builder.Services.AddSingleton(new WorkflowCatalog().With(Run, async (context, n) => n + await context.WaitForEvent(Go)));
            builder.Services.AddDurableEngine(_ => new EngineOptions { DatabasePath = Path.Combine(folder, "engine.db") });
            return builder.Build();
        }

        using (IHost first = Make())
        {
            await first.StartAsync();
            IDurableClient client = first.Services.GetRequiredService<IDurableClient>();
            await client.StartAsync(Run, "r", 1);
            using IHost second = Make();
            (await Should.ThrowAsync<FlowException>(() => second.StartAsync())).Failure.Kind.ShouldBe(FailureKind.Conflict);
            await first.StopAsync();
            (await Should.ThrowAsync<FlowException>(() => client.RaiseEventAsync("r", Go, 1))).Failure.Kind.ShouldBe(FailureKind.Unavailable);
        }

        using IHost third = Make();
        await third.StartAsync();
        (await third.Services.GetRequiredService<IDurableClient>().GetAsync("r"))!.Status.ShouldBe(InstanceStatus.Running);
        await third.StopAsync();
        await ((IAsyncDisposable)third).DisposeAsync();
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public async Task A_stop_asks_activities_to_end_and_neither_loses_an_answer_nor_takes_its_own_interruption_for_a_failure()
    {
        int runs = 0;
        var begun = new SemaphoreSlim(0);
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Work, async (n, cancellation) =>
            {
                Interlocked.Increment(ref runs);
                begun.Release();
                var stopped = new TaskCompletionSource();
                await using CancellationTokenRegistration _ = cancellation.Register(stopped.SetResult);
                if (runs <= 2)
                {
                    await stopped.Task;
                }

                return n > 0 || runs > 2 ? n : throw new FlowException(FailureKind.JobFailed, "interrupted");
            })
            .With(Run, async (context, _) => (await Task.WhenAll(context.CallAsync(Work, 5), context.CallAsync(Work, -1))).Sum());
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        (await begun.WaitAsync(TimeSpan.FromSeconds(20)) && await begun.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();

        await harness.StopAndRestartAsync();

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(4);
        runs.ShouldBe(3, "the one that answered while the host stopped has been recorded");
    }

    [Fact]
    public async Task A_long_run_is_not_replayed_at_every_turn()
    {
        int begins = 0;
        WorkflowCatalog catalog = new WorkflowCatalog().Activity(Work, n => n).With(Run, async (context, n) =>
        {
            Interlocked.Increment(ref begins);
            int sum = 0;
            for (int i = 0; i < n; i++)
            {
                sum += await context.CallAsync(Work, 1);
            }

            return sum + await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 300);
        await harness.SettleAsync();
        begins.ShouldBe(1);
        await harness.KillAndRestartAsync();
        await harness.Engine.RaiseEventAsync("r", Go, 0);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(300);
        begins.ShouldBe(2);
    }

    [Fact]
    public async Task Ids_times_and_logs_are_the_same_at_a_replay()
    {
        var seen = new List<string>();
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, async (context, n) =>
        {
            seen.Add($"{context.NewGuid()} {context.NewGuid()} {context.UtcNow:O} {context.Version}");
            await context.DelayUntil(context.UtcNow + TimeSpan.FromHours(1));
            seen.Add($"{context.UtcNow:O} {context.IsReplaying}");
            return n + await context.WaitForEvent(Go);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await harness.SettleAsync();
        harness.Clock.Advance(TimeSpan.FromHours(3));
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        await harness.Engine.RaiseEventAsync("r", Go, 1);
        await harness.SettleAsync();

        seen.Count.ShouldBe(4);
        seen[2].ShouldBe(seen[0]);
        seen[1].ShouldEndWith("False");
        seen[3].ShouldBe(seen[1].Replace("False", "True", StringComparison.Ordinal));
        seen[0].Split(' ')[0].ShouldNotBe(seen[0].Split(' ')[1]);
    }

    [Fact]
    public void The_numbers_under_which_kinds_and_states_are_stored_do_not_change()
    {
        Enum.GetNames<InstanceStatus>().ShouldBe(["Pending", "Running", "Suspended", "Completed", "Failed", "Terminated"]);
        Enum.GetNames<HistoryKind>().ShouldBe([
            "ExecutionStarted", "ActivityScheduled", "ActivityCompleted", "ActivityFailed", "ChildScheduled", "ChildCompleted", "ChildFailed",
            "TimerCreated", "TimerFired", "TimerCancelled", "EventReceived", "EventSent", "ContinuedAsNew", "Suspended", "Resumed", "Rewound",
            "ExecutionCompleted", "ExecutionFailed", "ExecutionTerminated"]);
    }
}
