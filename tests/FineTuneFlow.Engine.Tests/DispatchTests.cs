using System.Collections.Concurrent;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Engine.Tests;

/// <summary>Which activities are begun, which are not, and what becomes of those that run when their instance ends.</summary>
public sealed class DispatchTests : IDisposable
{
    private static readonly ActivityName<int, int> Work = new("Work");
    private static readonly ActivityName<int, int> Quick = new("Quick");
    private static readonly EventName<int> Go = new("Go");
    private static readonly OrchestrationName<int, int> Run = new("Run");

    private readonly ConcurrentQueue<int> _begun = new();
    private readonly ConcurrentDictionary<int, TaskCompletionSource<int>> _ends = new();
    private readonly ConcurrentDictionary<int, bool> _asked = new();
    private readonly SemaphoreSlim _begins = new(0);

    /// <summary>Work that ends when the test says so, whatever it is asked.</summary>
    private WorkflowCatalog Catalog => new WorkflowCatalog()
        .Activity(Quick, n => n)
        .Activity(Work, async (n, cancellation) =>
        {
            _begun.Enqueue(n);
            await using CancellationTokenRegistration _ = cancellation.Register(() => _asked[n] = true);
            _begins.Release();
            return await EndOf(n).Task;
        });

    [Fact]
    public async Task Work_that_lives_keeps_its_lease_however_long_it_takes_and_is_not_begun_twice()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Catalog.With(Run, (context, n) => context.CallAsync(Work, n)));
        await harness.Engine.StartAsync(Run, "r", 7);
        await BegunAsync();

        harness.Clock.Advance(TimeSpan.FromMinutes(50));
        (harness.Engine.RunningActivities, harness.Engine.Runtime.Activities.IsRunning(harness.Engine.Runtime.Find("r")!.Row.Key)).ShouldBe((1, true));
        EndOf(7).SetResult(8);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(8);
        _begun.ShouldBe([7]);
        harness.Engine.RunningActivities.ShouldBe(0);
        harness.Clock.NextDue.ShouldBe(DateTimeOffset.MaxValue, "no heart beats where nothing runs");
    }

    [Fact]
    public async Task Waiting_work_of_a_terminated_instance_is_not_begun_and_the_next_ones_is()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) => (await Task.WhenAll(context.CallAsync(Work, n), context.CallAsync(Work, n + 1))).Sum());
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelActivities = 1 });
        await harness.Engine.StartAsync(Run, "first", 10);
        await BegunAsync();
        await harness.Engine.StartAsync(Run, "second", 20);
        await harness.Engine.StartAsync(Run, "third", 30);
        await harness.Engine.TerminateAsync("second", "enough");

        foreach (int n in new[] { 10, 11, 30, 31 })
        {
            EndOf(n).SetResult(n);
        }

        (await harness.EndOfAsync("first")).Output!.GetValue<int>().ShouldBe(21);
        (await harness.EndOfAsync("third")).Output!.GetValue<int>().ShouldBe(61);
        _begun.Order().ShouldBe([10, 11, 30, 31]);
        (await harness.Engine.GetAsync("second"))!.Status.ShouldBe(InstanceStatus.Terminated);
        await harness.SettleAsync();
    }

    [Fact]
    public async Task Running_work_of_a_terminated_instance_is_asked_to_end_and_nobody_elses_is()
    {
        await using EngineHarness harness = await EngineHarness.StartAsync(Catalog.With(Run, (context, n) => context.CallAsync(Work, n)));
        await harness.Engine.StartAsync(Run, "a", 1);
        await harness.Engine.StartAsync(Run, "b", 2);
        await BegunAsync();
        await BegunAsync();

        await harness.Engine.TerminateAsync("a", "enough");
        await UntilAsync(() => _asked.ContainsKey(1));
        EndOf(1).SetResult(0);
        EndOf(2).SetResult(5);

        (await harness.EndOfAsync("b")).Output!.GetValue<int>().ShouldBe(5);
        _asked.Keys.ShouldBe([1]);
    }

    [Fact]
    public async Task Running_work_of_an_instance_that_failed_or_began_anew_is_left_to_finish()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            if (n < 3)
            {
                _ = context.CallAsync(Work, n);
                // A turn goes by, so that the work is begun.
                await context.CallAsync(Quick, 0);
                await context.WaitForEvent(Go);
            }

            if (n == 2)
            {
                context.ContinueAsNew(3);
            }

            return n == 1 ? throw new FlowException(FailureKind.JobFailed, "broke") : n;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "fails", 1);
        await harness.Engine.StartAsync(Run, "anew", 2);
        await BegunAsync();
        await BegunAsync();
        await harness.Engine.RaiseEventAsync("fails", Go, 0);
        await harness.Engine.RaiseEventAsync("anew", Go, 0);
        foreach (string id in new[] { "fails", "anew" })
        {
            while ((await harness.Engine.GetAsync(id))!.HasEnded == false)
            {
                await Task.Yield();
            }
        }

        harness.Engine.RunningActivities.ShouldBe(2);
        EndOf(1).SetResult(0);
        EndOf(2).SetResult(0);
        await harness.SettleAsync();

        _asked.ShouldBeEmpty();
        (await harness.Engine.GetAsync("fails"))!.Status.ShouldBe(InstanceStatus.Failed);
        (await harness.Engine.GetAsync("anew"))!.Output!.GetValue<int>().ShouldBe(3);
        (await harness.Engine.GetHistoryAsync("anew")).Count(e => e.Kind == HistoryKind.ActivityCompleted).ShouldBe(1, "Quick's: nobody waits for the other");
    }

    [Fact]
    public async Task An_answer_to_an_earlier_beginning_is_not_taken_for_the_new_ones()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            // The first step of either beginning.
            Task<int> work = context.CallAsync(Work, n);
            if (n == 0)
            {
                await context.WaitForEvent(Go);
                context.ContinueAsNew(1);
                return 0;
            }

            return await work;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 0);
        await BegunAsync();
        await harness.Engine.RaiseEventAsync("r", Go, 0);
        await BegunAsync();
        EndOf(0).SetResult(100);
        await UntilAsync(() => harness.Engine.RunningActivities == 1);
        EndOf(1).SetResult(5);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(5);
        (await harness.Engine.GetHistoryAsync("r")).Count(e => e.Kind == HistoryKind.ActivityCompleted).ShouldBe(1);
    }

    [Fact]
    public async Task An_attempt_that_failed_is_not_made_again_by_a_restart_but_by_its_policy()
    {
        int attempts = 0;
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Quick, n => ++attempts > 1 ? n : throw new FlowException(FailureKind.Unavailable, "down"))
            .With(Run, (context, n) => context.CallAsync(Quick, n, new RetryPolicy(3, TimeSpan.FromMinutes(10))));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 4);
        await harness.SettleAsync();
        await harness.KillAndRestartAsync();
        await harness.SettleAsync();
        attempts.ShouldBe(1);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(4);
        attempts.ShouldBe(2);
    }

    [Fact]
    public async Task Work_and_timers_that_are_asked_for_in_the_last_moment_are_not_begun()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            _ = context.CallAsync(Work, n);
            _ = context.Delay(TimeSpan.FromHours(1));
            if (n == 0)
            {
                context.ContinueAsNew(1);
            }

            return await Task.FromResult(n);
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { MaxParallelActivities = 2 });
        await harness.Engine.StartAsync(Run, "r", 0);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(1);
        new[] { harness.Engine.Runtime.Activities.Reserve(), harness.Engine.Runtime.Activities.Reserve() }.ShouldAllBe(lease => lease != null, "nor is a place kept for them");
        await harness.KillAndRestartAsync();
        await harness.SettleAsync();

        _begun.ShouldBeEmpty();
        harness.Engine.NextDue.ShouldBeNull();
    }

    [Fact]
    public async Task Work_that_this_host_does_not_know_fails_and_says_so()
    {
        WorkflowCatalog catalog = new WorkflowCatalog().With(Run, (context, n) => context.CallAsync(Work, n));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog);
        await harness.Engine.StartAsync(Run, "r", 1);

        Failure failure = (await harness.EndOfAsync("r")).Failure!;

        (failure.Kind, failure.Message).ShouldBe((FailureKind.NotFound, "This host has no activity Work"));
        failure.Remedy.ShouldBe("Run a host that still has it, then rewind the instance");
    }

    [Fact]
    public async Task Each_delivery_is_told_with_how_it_ended()
    {
        var told = new ConcurrentQueue<string>();
        WorkflowCatalog catalog = new WorkflowCatalog()
            .Activity(Quick, n => n > 0 ? n : throw new FlowException(FailureKind.JobFailed, "broke"))
            .With(Run, async (context, n) => await context.CallAsync(Quick, n) + await context.CallAsync(Quick, 0));
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with
        {
            ObserveActivity = (name, id) =>
            {
                told.Enqueue($"{name} of {id}");
                return failure => told.Enqueue(failure?.Message ?? "well");
            },
        });
        await harness.Engine.StartAsync(Run, "r", 1);
        await harness.EndOfAsync("r");

        told.ShouldBe(["Quick of r", "well", "Quick of r", "broke"]);
    }

    [Fact]
    public async Task Executions_that_are_kept_keep_their_history_and_of_older_ones_the_last_entry_stays()
    {
        WorkflowCatalog catalog = Catalog.With(Run, async (context, n) =>
        {
            int done = await context.CallAsync(Quick, n);
            if (done < 6)
            {
                context.ContinueAsNew(done + 1);
            }

            return done;
        });
        await using EngineHarness harness = await EngineHarness.StartAsync(catalog, o => o with { KeptExecutions = 2 });
        await harness.Engine.StartAsync(Run, "r", 1);

        (await harness.EndOfAsync("r")).Output!.GetValue<int>().ShouldBe(6);

        IReadOnlyList<HistoryEntry> history = await harness.Engine.GetHistoryAsync("r");
        // When the fifth gave way to the sixth the third was the last to be cut: the fourth and the fifth are whole.
        history.Count(e => e.Kind == HistoryKind.ContinuedAsNew).ShouldBe(5);
        history.Where(e => e.Kind == HistoryKind.ExecutionStarted).Select(e => e.Input!.GetValue<int>()).ShouldBe([4, 5, 6]);
        history.Count(e => e.Kind == HistoryKind.ActivityCompleted).ShouldBe(3);
    }

    public void Dispose() => _begins.Dispose();

    private TaskCompletionSource<int> EndOf(int n) => _ends.GetOrAdd(n, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task BegunAsync() => (await _begins.WaitAsync(TimeSpan.FromSeconds(20))).ShouldBeTrue();

    private static async Task UntilAsync(Func<bool> holds)
    {
        for (long end = Environment.TickCount64 + 20_000; !holds();)
        {
            Environment.TickCount64.ShouldBeLessThan(end);
            await Task.Yield();
        }
    }
}
