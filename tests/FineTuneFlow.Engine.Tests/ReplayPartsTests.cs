using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Engine.Tests;

/// <summary>What a replay is made of, each part alone.</summary>
public sealed class ReplayPartsTests
{
    [Fact]
    public void Events_go_to_those_who_wait_for_their_name_in_the_order_of_their_waiting()
    {
        var events = new EventBuffer();
        Task<string> first = events.Take("a", CancellationToken.None);
        Task<string> second = events.Take("a", CancellationToken.None);
        Task<string> other = events.Take("b", CancellationToken.None);
        events.Waiting.ShouldBe(3);

        events.Arrive("a", "1");
        (first.IsCompleted, second.IsCompleted, other.IsCompleted, events.Waiting).ShouldBe((true, false, false, 2));
        events.Arrive("b", "2");
        events.Arrive("a", "3");
        events.Arrive("a", "4");

        (Now(first), Now(second), Now(other), events.Waiting).ShouldBe(("1", "3", "2", 0));
        events.Untaken.ShouldBe([("a", "4")]);
    }

    [Fact]
    public void Events_that_came_early_are_kept_in_order_and_taken_by_their_name()
    {
        var events = new EventBuffer();
        events.Arrive("a", "1");
        events.Arrive("b", "2");
        events.Arrive("a", "3");

        Now(events.Take("b", CancellationToken.None)).ShouldBe("2");
        events.Untaken.ShouldBe([("a", "1"), ("a", "3")]);
        Now(events.Take("a", CancellationToken.None)).ShouldBe("1");
        Now(events.Take("a", CancellationToken.None)).ShouldBe("3");
        events.Waiting.ShouldBe(0);
        events.Untaken.ShouldBeEmpty();
    }

    [Fact]
    public void Who_waits_no_more_is_passed_over()
    {
        var events = new EventBuffer();
        using var gone = new CancellationTokenSource();
        Task<string> first = events.Take("a", gone.Token);
        Task<string> second = events.Take("a", CancellationToken.None);

        gone.Cancel();
        (first.IsCanceled, events.Waiting).ShouldBe((true, 1));
        events.Arrive("a", "1");
        Now(second).ShouldBe("1");

        // An event that came before is not taken back.
        using var late = new CancellationTokenSource();
        Task<string> third = events.Take("a", late.Token);
        events.Arrive("a", "2");
        late.Cancel();
        (Now(third), events.Waiting).ShouldBe(("2", 0));
    }

    [Fact]
    public void A_payload_of_exactly_the_limit_is_taken_and_a_byte_more_is_not()
    {
        Payload.TooLong(new string('x', 1_024), 1_024, "input").ShouldBeNull();
        Failure ascii = Payload.TooLong(new string('x', 1_025), 1_024, "input")!;
        (ascii.Kind, ascii.Message).ShouldBe((FailureKind.InvalidInput, "The input has 1025 bytes; history takes 1024"));
        // Three bytes each in UTF-8: 341 of them are 1,023, 342 are 1,026.
        Payload.TooLong(new string('漢', 341), 1_024, "input").ShouldBeNull();
        Payload.TooLong(new string('漢', 342), 1_024, "input")!.Message.ShouldContain("1026 bytes");
        Should.Throw<FlowException>(() => Payload.Write(new string('x', 1_023), 1_024, "status")).Failure.Message.ShouldContain("status has 1025 bytes");
        Payload.Write(new string('x', 1_022), 1_024, "status").Length.ShouldBe(1_024);
    }

    [Fact]
    public void Values_stand_in_history_as_the_product_writes_all_its_json()
    {
        var note = new Note("größer <1>", null, FailureKind.JobFailed);
        const string json = """{"someText":"größer <1>","kind":"jobFailed"}""";

        Payload.Write(note, 1_024, "input").ShouldBe(json);
        Payload.Read<Note>(json).ShouldBe(note);
    }

    [Fact]
    public void Of_a_foreign_exception_its_type_and_our_own_place_are_recorded_and_not_its_message()
    {
        Failure foreign = FailureOf.Exception(Caught(() => int.Parse("secret", null)), "Step");
        (foreign.Kind, foreign.Message.Contains("secret", StringComparison.Ordinal)).ShouldBe((FailureKind.Internal, false));
        foreign.Message.ShouldStartWith($"Step: FormatException in {typeof(ReplayPartsTests).FullName}");
        foreign.Message.ShouldMatch(@", line [1-9]\d*$");
        foreign.Remedy.ShouldBe("This is a defect: report it with this line");
        FailureOf.Exception(Caught(ThrowAtTheTop), "Step").Message.ShouldEndWith("ThrowAtTheTop, line 1");
        // The framework's own libraries come without the places of their lines.
        FailureOf.Exception(Caught(() => new ServiceCollection().BuildServiceProvider().GetRequiredService<Note>()), "Step").Message
            .ShouldMatch(@"^Step: InvalidOperationException in Microsoft\.Extensions\.DependencyInjection\.[\w.]+$");

        FailureOf.Exception(new InvalidOperationException("secret"), "Step").Message.ShouldBe("Step: InvalidOperationException", "it was never thrown, and has no place");
        Failure cancelled = FailureOf.Exception(new TaskCanceledException(), "Step");
        (cancelled.Kind, cancelled.Message).ShouldBe((FailureKind.Cancelled, "Step was cancelled"));
        FailureOf.Exception(new FlowException(FailureKind.Conflict, "known", "do that"), "Step").ShouldSatisfyAllConditions(
            known => known.Kind.ShouldBe(FailureKind.Conflict), known => known.Message.ShouldBe("known"));
    }

    [Fact]
    public void A_log_line_is_written_once_and_not_again_at_a_replay()
    {
        using var lines = new LogLines();
        bool replaying = true;
        var logger = new ReplaySafeLogger(lines, () => replaying);

        logger.LogInformation("again");
        logger.IsEnabled(LogLevel.Information).ShouldBeFalse();
        replaying = false;
        logger.LogInformation("first");
        (logger.IsEnabled(LogLevel.Information), logger.IsEnabled(LogLevel.Debug)).ShouldBe((true, false));
        logger.BeginScope("scope").ShouldBeSameAs(lines);

        lines.Written.ShouldBe(["Information: first"]);
    }

    [Fact]
    public void A_turn_runs_all_that_follows_from_it_on_its_own_thread_and_leaves_the_context_as_it_was()
    {
        var turn = new TurnThread();
        var order = new List<int>();
        SynchronizationContext? tests = SynchronizationContext.Current;
        var before = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(before);
        try
        {
            turn.Run(() =>
            {
                SynchronizationContext.Current.ShouldBeSameAs(turn);
                turn.IsCurrent.ShouldBeTrue();
                turn.Post(number =>
                {
                    order.Add((int)number!);
                    turn.Post(_ => order.Add(4), null);
                }, 3);
                turn.Send(number => order.Add((int)number!), 1);
                order.Add(2);
            });

            order.ShouldBe([1, 2, 3, 4]);
            (turn.IsCurrent, turn.Intruded).ShouldBe((false, false));
            SynchronizationContext.Current.ShouldBeSameAs(before);
            Should.Throw<InvalidOperationException>(() => turn.Run(() => throw new InvalidOperationException()));
            turn.IsCurrent.ShouldBeFalse();
            SynchronizationContext.Current.ShouldBeSameAs(before);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(tests);
        }

        turn.CreateCopy().ShouldBeSameAs(turn);
    }

    [Fact]
    public void What_comes_from_outside_of_a_turn_is_not_run_and_told()
    {
        var turn = new TurnThread();
        bool ran = false;
        turn.Post(_ => ran = true, null);
        turn.Intruded.ShouldBeTrue("also where nobody listens");

        int told = 0;
        turn.OnIntrusion = () => told++;
        turn.Post(_ => ran = true, null);
        Should.Throw<NotSupportedException>(() => turn.Send(_ => ran = true, null));
        turn.Run(() =>
        {
            var foreign = new Thread(() => turn.Post(_ => ran = true, null));
            foreign.Start();
            foreign.Join();
        });

        (told, ran).ShouldBe((2, false));
    }

    [Fact]
    public void A_history_gives_back_its_steps_and_the_code_what_it_has_received()
    {
        RecordedSteps steps = Recorded(
            Row(1, HistoryKind.ExecutionStarted), Row(2, HistoryKind.ActivityScheduled, "A", 1), Row(3, HistoryKind.Suspended), Row(4, HistoryKind.Resumed),
            Row(5, HistoryKind.ActivityCompleted, step: 1), Row(6, HistoryKind.ExecutionCompleted));

        steps.NextReceived()!.Sequence.ShouldBe(1);
        steps.Record(new StepRequest(HistoryKind.ActivityScheduled, "A")).Sequence.ShouldBe(2);
        steps.NextReceived()!.Sequence.ShouldBe(5);
        steps.NextReceived().ShouldBeNull();
        steps.Divergence.ShouldBeNull();
    }

    [Theory]
    [InlineData(HistoryKind.ActivityScheduled, "B", null)]
    [InlineData(HistoryKind.ChildScheduled, "A", null)]
    [InlineData(HistoryKind.ActivityScheduled, "A", "x")]
    public void Code_that_asks_for_another_step_than_history_holds_has_diverged_for_good(HistoryKind kind, string name, string? target)
    {
        RecordedSteps steps = Recorded(Row(1, HistoryKind.ExecutionStarted), Row(2, HistoryKind.ActivityScheduled, "A", 1));
        steps.NextReceived();

        Failure first = Should.Throw<FlowException>(() => steps.Record(new StepRequest(kind, name, target))).Failure;
        (first.Kind, first.Message.Contains("ActivityScheduled A (entry 2)", StringComparison.Ordinal)).ShouldBe((FailureKind.NonDeterministic, true));
        first.Remedy.ShouldNotBeNull().ShouldStartWith("Give changed code a new version");
        // Code that catches it and then asks for the right thing does not get away with it.
        Should.Throw<FlowException>(() => steps.Record(new StepRequest(HistoryKind.ActivityScheduled, "A"))).Failure.ShouldBe(first);
        Should.Throw<FlowException>(() => steps.NextReceived()).Failure.ShouldBe(first);
        steps.Divergence.ShouldBe(first);
    }

    [Fact]
    public void Code_that_asks_for_more_or_for_less_than_history_holds_has_diverged()
    {
        RecordedSteps more = Recorded(Row(1, HistoryKind.ExecutionStarted));
        more.NextReceived();
        Should.Throw<FlowException>(() => more.Record(new StepRequest(HistoryKind.ActivityScheduled, "A"))).Failure.Message.ShouldContain("ActivityScheduled A where history has its end");
        Should.Throw<FlowException>(() => more.NextReceived()).Failure.ShouldBe(more.Divergence, "also where nothing is left to be given");
        RecordedSteps early = Recorded(Row(1, HistoryKind.ExecutionStarted));
        Should.Throw<FlowException>(() => early.Record(new StepRequest(HistoryKind.ExecutionStarted))).Failure.Kind.ShouldBe(FailureKind.NonDeterministic);

        RecordedSteps less = Recorded(Row(1, HistoryKind.ExecutionStarted), Row(2, HistoryKind.EventSent, "E", 1, "there"));
        less.NextReceived();
        Should.Throw<FlowException>(() => less.NextReceived()).Failure.Message.ShouldContain("asks for nothing where history has EventSent E to there (entry 2)");
    }

    [Fact]
    public void A_cancelled_timer_is_that_of_its_step()
    {
        StepRequest cancels = new(HistoryKind.TimerCancelled, Cancels: 4);

        cancels.IsSameAs(Row(9, HistoryKind.TimerCancelled, step: 4)).ShouldBeTrue();
        cancels.IsSameAs(Row(9, HistoryKind.TimerCancelled, step: 5)).ShouldBeFalse();
        cancels.ToString().ShouldBe("TimerCancelled of step 4");
        new StepRequest(HistoryKind.TimerCreated).IsSameAs(Row(9, HistoryKind.TimerCreated, step: 5)).ShouldBeTrue("a replay learns its number from history");
        new StepRequest(HistoryKind.ChildScheduled, "C", "id").ToString().ShouldBe("ChildScheduled C as id");
    }

    [Fact]
    public void New_steps_are_numbered_on_and_a_cancellation_keeps_its_timers_number()
    {
        var rows = new List<HistoryRow>();
        var steps = new NewSteps(rows, firstSequence: 7, at: 99) { NextStep = 3 };

        steps.Record(new StepRequest(HistoryKind.TimerCreated, Due: 5));
        steps.Record(new StepRequest(HistoryKind.TimerCancelled, Cancels: 3));
        steps.Record(new StepRequest(HistoryKind.ChildScheduled, "C", "id", "{}"));

        rows.ShouldBe(
        [
            new HistoryRow { Sequence = 7, At = 99, Kind = HistoryKind.TimerCreated, StepId = 3, Due = 5 },
            new HistoryRow { Sequence = 8, At = 99, Kind = HistoryKind.TimerCancelled, StepId = 3 },
            new HistoryRow { Sequence = 9, At = 99, Kind = HistoryKind.ChildScheduled, StepId = 4, Name = "C", Target = "id", Payload = "{}" },
        ]);
        (steps.NextSequence, steps.NextStep).ShouldBe((10, 5));
    }

    [Fact]
    public void A_rewind_gives_back_the_very_step_that_is_asked_for_again_and_numbers_others_anew()
    {
        HistoryRow a1 = Row(2, HistoryKind.ActivityScheduled, "A", 1) with { Payload = "1" };
        HistoryRow a2 = Row(3, HistoryKind.ActivityScheduled, "A", 2) with { Payload = "2" };
        HistoryRow timer = Row(4, HistoryKind.TimerCreated, step: 3) with { Due = 50 };
        HistoryRow later = Row(5, HistoryKind.TimerCreated, step: 4) with { Due = 60 };
        var kept = new List<HistoryRow>();
        var steps = new ReclaimedSteps([Row(1, HistoryKind.ExecutionStarted), a1, a2, timer, later, Row(6, HistoryKind.ActivityCompleted, step: 1)], kept) { At = 77 };

        steps.Record(new StepRequest(HistoryKind.ActivityScheduled, "A", Payload: "2")).ShouldBeSameAs(a2);
        (steps.HasClaimed(2), steps.HasClaimed(1)).ShouldBe((true, false));
        // Once more: the first asks for something else, so this one is new.
        steps.Record(new StepRequest(HistoryKind.ActivityScheduled, "A", Payload: "2")).ShouldBe(
            new HistoryRow { Sequence = 0, At = 77, Kind = HistoryKind.ActivityScheduled, StepId = 5, Name = "A", Payload = "2" });
        // A timer of the same due time before one of another, and that one where there is none.
        steps.Record(new StepRequest(HistoryKind.TimerCreated, Due: 60)).ShouldBeSameAs(later);
        steps.Record(new StepRequest(HistoryKind.TimerCreated, Due: 61)).ShouldBeSameAs(timer);
        steps.Record(new StepRequest(HistoryKind.TimerCreated, Due: 62)).ShouldBe(new HistoryRow { Sequence = 0, At = 77, Kind = HistoryKind.TimerCreated, StepId = 6, Due = 62 });
        steps.Record(new StepRequest(HistoryKind.TimerCancelled, Cancels: 9)).StepId.ShouldBe(9);
        steps.HasClaimed(9).ShouldBeFalse("what is cancelled is not asked for");
        // The first activity has this input, but another name.
        steps.Record(new StepRequest(HistoryKind.ChildScheduled, "C", "id", "1")).ShouldBe(
            new HistoryRow { Sequence = 0, At = 77, Kind = HistoryKind.ChildScheduled, StepId = 7, Name = "C", Target = "id", Payload = "1" });
        steps.Record(new StepRequest(HistoryKind.ActivityScheduled, "A", Payload: "1")).ShouldBeSameAs(a1);
        kept.Count.ShouldBe(8);
    }

    [Fact]
    public void A_host_says_which_versions_it_has()
    {
        static WorkflowCatalog With(WorkflowCatalog catalog, string name, string version) => catalog.With(new OrchestrationName<int, int>(name, version), (_, n) => Task.FromResult(n));
        WorkflowCatalog catalog = "hfbgdaec".Aggregate(With(new(), "Other", "z"), (made, version) => With(made, "Run", $"{version}"));

        OrchestrationVersions.Missing(catalog, "Run", "a").ShouldBeNull();
        Failure version = OrchestrationVersions.Missing(catalog, "Run", "z")!;
        (version.Kind, version.Message).ShouldBe((FailureKind.NotFound, "This host has Run in version a, b, c, d, e, f, g, h, not in version z"));
        OrchestrationVersions.Missing(catalog, "Nobody", "a")!.ShouldSatisfyAllConditions(
            failure => failure.Message.ShouldBe("This host has no orchestration Nobody"), failure => failure.Remedy.ShouldBe("Run a host that has it"));
    }

    [Fact]
    public void A_call_that_the_engines_end_came_before_is_to_be_repeated_and_an_error_that_says_why_is_passed_on()
    {
        var known = new FlowException(FailureKind.Conflict, "why", "do that");
        Refusal.Lost(known).ShouldBeSameAs(known);
        Refusal.Lost(new IOException("x")).Failure.Kind.ShouldBe(FailureKind.Unavailable);
        Refusal.Lost(null).Failure.Remedy.ShouldBe("Start the host again and repeat the call");
    }

    private static string? Now(Task<string> task) => task.IsCompletedSuccessfully ? task.Result : null;

    private static Exception Caught(Action action)
    {
        try
        {
            action();
        }
        catch (Exception exception)
        {
            return exception;
        }

        throw new InvalidOperationException("Nothing was thrown.");
    }

#line 1
    private static void ThrowAtTheTop() => throw new InvalidOperationException();
#line default

    private static RecordedSteps Recorded(params HistoryRow[] rows) => new(rows, "Run", "1");

    private static HistoryRow Row(int sequence, HistoryKind kind, string? name = null, int? step = null, string? target = null) =>
        new() { Sequence = sequence, At = 0, Kind = kind, Name = name, StepId = step, Target = target };

    private sealed record Note(string SomeText, string? Left, FailureKind Kind);
}
