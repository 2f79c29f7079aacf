using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Durable.Conformance;

/// <summary>What an engine does for its clients.</summary>
public abstract class ClientConformance
{
    /// <summary>An engine, not yet started.</summary>
    protected abstract EngineUnderTest Engine();

    private static readonly OrchestrationName<string, string> Wait = new(nameof(Wait));
    private static readonly OrchestrationName<string, string> Pass = new(nameof(Pass));
    private static readonly OrchestrationName<string, string> Counted = new(nameof(Counted));
    private static readonly ActivityName<string, string> Work = new(nameof(Work));
    private static readonly ActivityName<string, string> Count = new(nameof(Count));
    private static readonly EventName<string> Go = new(nameof(Go));

    [Fact]
    public async Task An_id_is_started_once_in_whatever_state_it_is()
    {
        await using EngineUnderTest host = await Host().StartAsync();

        (await host.Client.StartAsync(Pass, "p-1", "x")).ShouldBeTrue();
        (await host.Client.StartAsync(Pass, "p-1", "y")).ShouldBeFalse();
        await host.EndAsync("p-1");
        (await host.Client.StartAsync(Pass, "p-1", "z")).ShouldBeFalse();
        (await host.Client.GetAsync("p-1"))!.Output!.GetValue<string>().ShouldBe("x");
    }

    [Fact]
    public async Task Of_many_starts_at_once_one_runs_and_one_says_that_it_started()
    {
        int ran = 0;
        await using EngineUnderTest host = await Host().With(Count, text => Task.FromResult($"{Interlocked.Increment(ref ran)}"))
            .With(Counted, (context, input) => context.CallAsync(Count, input))
            .StartAsync();

        bool[] started = await Task.WhenAll(Enumerable.Range(0, 8).Select(i => host.Client.StartAsync(Counted, "p-1", $"{i}")));

        (await host.EndAsync("p-1")).Output!.GetValue<string>().ShouldBe("1");
        started.Count(one => one).ShouldBeInRange(1, host.TellsWhoStarted ? 1 : 8);
        ran.ShouldBe(1);
    }

    [Fact]
    public async Task Unknown_ids_are_not_found_and_moves_that_the_state_forbids_conflict()
    {
        await using EngineUnderTest host = await Host().StartAsync();
        await host.Client.StartAsync(Pass, "p-1", "x");
        await host.EndAsync("p-1");

        await Refused(host.Client.SuspendAsync("nobody", ""), FailureKind.NotFound);
        await Refused(host.Client.GetHistoryAsync("nobody"), FailureKind.NotFound);
        await Refused(host.Client.RaiseEventAsync("p-1", Go, "x"), FailureKind.Conflict);
        await Refused(host.Client.ResumeAsync("p-1", ""), FailureKind.Conflict);
        await Refused(host.Client.RewindAsync("p-1", ""), FailureKind.Conflict);
        await Refused(host.Client.TerminateAsync("p-1", ""), FailureKind.Conflict);
        (await host.Client.GetAsync("nobody")).ShouldBeNull();
    }

    [Fact]
    public async Task A_suspended_instance_takes_events_only_when_it_is_resumed()
    {
        await using EngineUnderTest host = await Host().StartAsync();
        await host.Client.StartAsync(Wait, "p-1", "x");
        await host.StatusAsync("p-1", "waiting");

        await host.Client.SuspendAsync("p-1", "look");
        while ((await host.Client.GetAsync("p-1"))!.Status != InstanceStatus.Suspended)
        {
            await Task.Yield();
        }

        await host.Client.RaiseEventAsync("p-1", Go, "gone");
        (await host.Client.GetAsync("p-1"))!.Status.ShouldBe(InstanceStatus.Suspended);
        await host.Client.ResumeAsync("p-1", "go on");
        (await host.EndAsync("p-1")).Output!.GetValue<string>().ShouldBe("gone");
    }

    [Fact]
    public async Task Terminated_instances_are_purged_and_then_unknown()
    {
        await using EngineUnderTest host = await Host().StartAsync();
        await host.Client.StartAsync(Wait, "p-1", "x");
        await host.StatusAsync("p-1", "waiting");
        await Refused(host.Client.PurgeAsync("p-1"), FailureKind.Conflict);

        await host.Client.TerminateAsync("p-1", "enough");
        InstanceState state = await host.EndAsync("p-1");
        await host.Client.PurgeAsync("p-1");

        state.Status.ShouldBe(InstanceStatus.Terminated);
        state.EndedAt.ShouldNotBeNull();
        (await host.Client.GetAsync("p-1")).ShouldBeNull();
    }

    [Fact]
    public async Task Terminating_reaches_the_children()
    {
        OrchestrationName<string, string> parent = new("Parent");
        await using EngineUnderTest host = await Host().With(parent, (context, input) => context.CallAsync(Wait, input, "p-1:child")).StartAsync();
        Assert.SkipUnless(host.TerminatesChildren, "this engine ends the one instance alone");
        await host.Client.StartAsync(parent, "p-1", "x");
        await host.StatusAsync("p-1:child", "waiting");

        await host.Client.TerminateAsync("p-1", "enough");

        (await host.EndAsync("p-1")).Status.ShouldBe(InstanceStatus.Terminated);
        (await host.EndAsync("p-1:child")).Status.ShouldBe(InstanceStatus.Terminated);
    }

    [Fact]
    public async Task A_rewound_instance_runs_its_failed_step_again_and_no_other()
    {
        int works = 0;
        bool repaired = false;
        ActivityName<string, string> breaks = new("Breaks");
        OrchestrationName<string, string> run = new("Run");
        await using EngineUnderTest host = await Engine().With(Count, text => Task.FromResult($"{Interlocked.Increment(ref works)}"))
            .With(breaks, text => repaired ? Task.FromResult("whole") : throw new FlowException(FailureKind.JobFailed, "broken"))
            .With(run, async (context, input) => await context.CallAsync(Count, input) + await context.CallAsync(breaks, input))
            .StartAsync();
        Assert.SkipUnless(host.Rewinds, "this engine rewinds nothing");
        await host.Client.StartAsync(run, "p-1", "x");
        (await host.EndAsync("p-1")).Status.ShouldBe(InstanceStatus.Failed);
        repaired = true;

        await host.Client.RewindAsync("p-1", "repaired");

        InstanceState ended = await host.UntilAsync("p-1", state => state.Status == InstanceStatus.Completed);
        ended.Output!.GetValue<string>().ShouldBe("1whole");
        works.ShouldBe(1);
    }

    [Fact]
    public async Task Queries_filter_sort_and_page()
    {
        await using EngineUnderTest host = await Host().StartAsync();
        foreach (string id in new[] { "p-1", "p-2", "q-3", "p-4" })
        {
            await host.Client.StartAsync(Pass, id, id);
            await host.EndAsync(id);
        }

        await host.Client.StartAsync(Wait, "p-5", "x");
        await host.StatusAsync("p-5", "waiting");

        var ended = new InstanceQuery { IdPrefix = "p-", Statuses = [InstanceStatus.Completed], PageSize = 2 };
        InstancePage first = await host.Client.QueryAsync(ended);
        InstancePage second = await host.Client.QueryAsync(ended with { Continuation = first.Continuation });

        first.Instances.Select(i => i.InstanceId).ShouldBe(["p-4", "p-2"]);
        second.Instances.Select(i => i.InstanceId).ShouldBe(["p-1"]);
        second.Continuation.ShouldBeNull();
        (await host.Client.QueryAsync(new InstanceQuery { Orchestration = Wait.Name })).Instances.Single().Input!.GetValue<string>().ShouldBe("x");
        (await host.Client.QueryAsync(new InstanceQuery { CustomStatusContains = "wait" })).Instances.Single().InstanceId.ShouldBe("p-5");
    }

    [Fact]
    public async Task What_has_completed_is_found_by_the_outcome_that_its_output_names()
    {
        var end = new OrchestrationName<string, Judged>("End");
        await using EngineUnderTest host = await Host().With(end, (_, outcome) => outcome == "broken"
                ? throw new FlowException(FailureKind.JobFailed, "good")
                : Task.FromResult(new Judged(outcome, "good")))
            .StartAsync();
        foreach (string outcome in new[] { "good", "bad", "broken", "goodish", "good" })
        {
            string id = $"p-{(await host.Client.QueryAsync(new InstanceQuery())).Instances.Count}";
            await host.Client.StartAsync(end, id, outcome);
            await host.EndAsync(id);
        }

        // Its whole output is the word.
        await host.Client.StartAsync(Pass, "p-5", "good");
        await host.EndAsync("p-5");
        await host.Client.StartAsync(Wait, "p-6", "good");
        await host.StatusAsync("p-6", "waiting");

        (await FoundAsync(new InstanceQuery { Outcome = "good" })).ShouldBe(["p-6", "p-4", "p-2", "p-0"], "nothing is said of those that have not completed");
        InstanceQuery ended = new() { Outcome = "good", Statuses = [InstanceStatus.Completed, InstanceStatus.Failed, InstanceStatus.Terminated] };
        (await FoundAsync(ended)).ShouldBe(["p-4", "p-2", "p-0"]);
        (await FoundAsync(ended with { IdPrefix = "p-" })).ShouldBe(["p-4", "p-2", "p-0"]);
        (await FoundAsync(ended with { Statuses = [InstanceStatus.Completed] })).ShouldBe(["p-4", "p-0"]);
        (await FoundAsync(ended with { Outcome = "none" })).ShouldBe(["p-2"]);
        (await FoundAsync(ended with { Outcome = null, Statuses = [InstanceStatus.Failed] })).ShouldBe(["p-2"]);
        InstancePage first = await host.Client.QueryAsync(ended with { PageSize = 2 });
        first.Instances.Select(i => i.InstanceId).ShouldBe(["p-4", "p-2"]);
        (await FoundAsync(ended with { PageSize = 2, Continuation = first.Continuation })).ShouldBe(["p-0"]);

        async Task<string[]> FoundAsync(InstanceQuery query) => [.. (await host.Client.QueryAsync(query)).Instances.Select(i => i.InstanceId)];
    }

    private EngineUnderTest Host() => Engine()
        .With(Work, text => Task.FromResult(text))
        .With(Pass, (context, input) => context.CallAsync(Work, input))
        .With(Wait, (context, input) =>
        {
            context.SetStatus("waiting");
            return context.WaitForEvent(Go);
        });

    private sealed record Judged(string Outcome, string Remark);

    private static async Task Refused(Task act, FailureKind kind) => (await act.ShouldThrowAsync<FlowException>()).Failure.Kind.ShouldBe(kind);
}
