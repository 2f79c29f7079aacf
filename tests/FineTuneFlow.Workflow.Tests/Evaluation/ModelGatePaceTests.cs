using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>At what pace requests go once a service has told or shown its own. Times are worked out by hand, to the millisecond.</summary>
public sealed class ModelGatePaceTests : GateTurns
{
    private const double Start = 1000;

    [Fact]
    public void What_was_answered_until_the_pause_is_over_is_the_pace_from_then_on()
    {
        // Ten in a hundred seconds, of which 98 %: the first 10.2041 s behind the pause.
        ModelGate gate = TenInHundredSeconds();

        ShouldGoAt(Ask(gate), Start + 110.205);
    }

    [Theory]
    [InlineData(20, 10.084)] // 0.2 % and 20 * 0.05 %: 10.2041 s / 1.012
    [InlineData(50, 9.936)] // 2.7 %
    [InlineData(94, 9.728)] // 4.9 %
    [InlineData(100, 9.719)] // 5.2 %, but 5 % is the most.
    public void A_learned_pace_is_raised_the_faster_the_longer_nothing_was_refused(double calm, double next)
    {
        ModelGate gate = TenInHundredSeconds();
        Clock.MoveTo(Start + 100 + calm);

        Task<long>[] asked = Ask(gate, 3);

        Going(asked).ShouldBe(1, "one turn is saved up, not two");
        ShouldGoAt(asked[1], Start + 100 + calm + next);
    }

    [Fact]
    public void Half_a_second_raises_the_pace_by_half_as_much()
    {
        ModelGate gate = TenInHundredSeconds();
        Clock.MoveTo(Start + 120);
        long sent = Turn(gate);
        Task<long> next = Ask(gate);
        Clock.MoveTo(Start + 120.5);

        gate.Answered(sent, null);

        // 1.2 %, then half of 1.225 %: 0.0998 a second, of which a twentieth has been saved up.
        ShouldGoAt(next, Start + 130.022);
    }

    [Fact]
    public void Turns_that_a_late_timer_has_missed_follow_at_once_up_to_a_fortieth_of_a_second()
    {
        // 196 a second: 4.9 turns in 25 ms.
        ModelGate gate = Gate(perMinute: 12_000);
        Task<long>[] asked = Ask(gate, 2);
        Going(asked).ShouldBe(1, "nothing is saved up yet");
        Clock.MoveTo(0.006);
        Going(asked).ShouldBe(2);
        gate.Answered(Taken(asked[0]), null);
        gate.Answered(Taken(asked[1]), null);
        Clock.MoveTo(1, fireTimers: false);

        Task<long>[] late = Ask(gate, 8);

        Going(late).ShouldBe(4);
        // There is room for two more now, but no fifth turn is saved up.
        gate.Answered(Taken(late[0]), null);
        Going(late).ShouldBe(4);
    }

    [Fact]
    public void What_is_learned_is_never_above_the_known_rate_and_witnesses_are_made_up_for()
    {
        ModelGate gate = Gate(perMinute: 60);
        gate.Answered(Turn(gate), null);
        Task<long> second = Ask(gate);
        ShouldGoAt(second, 1.021);
        gate.Throttled(Taken(second), TimeSpan.Zero);
        long[] witnesses = Turns(gate, 3);
        gate.Answered(witnesses[0], null);
        gate.Throttled(witnesses[1], TimeSpan.Zero);
        gate.Throttled(witnesses[2], TimeSpan.Zero);
        gate.Throttled(Turn(gate), TimeSpan.Zero);

        // Two answers in 1.021 s are more than one a second. Four turns were taken ahead of the pace of 0.98 a second.
        ShouldGoAt(Ask(gate), 6.124);
    }

    [Fact]
    public void Nothing_is_learned_from_no_time_at_all()
    {
        ModelGate gate = Gate();
        gate.Answered(Turn(gate), null);
        gate.Throttled(Turn(gate), TimeSpan.Zero);
        foreach (long witness in Turns(gate, 3))
        {
            gate.Throttled(witness, TimeSpan.Zero);
        }

        Going(Ask(gate, 8)).ShouldBe(3);
    }

    [Fact]
    public void At_the_end_of_a_pause_somebody_goes_at_once()
    {
        ModelGate gate = Gate();
        foreach (long sent in Turns(gate, 3))
        {
            gate.Throttled(sent, TimeSpan.FromSeconds(200));
        }

        Clock.MoveTo(200);
        Went(Ask(gate)).ShouldBeTrue();
    }

    /// <param name="underWay">Besides the question that is answered.</param>
    /// <param name="atOnce">Of two that are asked then.</param>
    /// <param name="next">When the next of them goes.</param>
    [Theory]
    [InlineData(0, 10, 2, 2, null)] // Two are left and nobody else asks: not nearly used up.
    [InlineData(0, 10, 1, 1, 1.134)] // 0.9 a second, of which 98 %.
    [InlineData(0, 10, 0, 0, 1.021)]
    [InlineData(1, 10, 3, 2, null)]
    [InlineData(1, 10, 2, 1, 1.276)] // 0.8 a second
    [InlineData(2, 10, 5, 2, null)]
    [InlineData(2, 10, 4, 1, 1.701)] // 0.6 a second
    [InlineData(2, 10, 1, 0, 2.268)] // One of the two under way has no allowance yet.
    [InlineData(0, 1, 1, 2, null)] // Nothing is used: no pace can be told.
    [InlineData(0, 1, 0, 0, 10.205)]
    public void An_allowance_that_is_nearly_used_up_is_followed(int underWay, int limit, int remaining, int atOnce, double? next)
    {
        ModelGate gate = Gate();
        long[] sent = Turns(gate, underWay + 1);
        gate.Answered(sent[0], new RateLimitNote(limit, remaining, TimeSpan.FromSeconds(10)));

        Task<long>[] asked = Ask(gate, 2);

        Going(asked).ShouldBe(atOnce);
        if (next is { } second)
        {
            ShouldGoAt(asked[atOnce], second);
        }
    }

    [Fact]
    public void An_allowance_gives_no_turn_back_and_is_not_above_the_known_rate()
    {
        ModelGate gate = Gate();
        var note = new RateLimitNote(10, 1, TimeSpan.FromSeconds(10));
        gate.Answered(Turn(gate), note);
        gate.Answered(Turn(gate), note);
        ShouldGoAt(Ask(gate), 1.134);

        Clock.MoveTo(0);
        ModelGate known = Gate(perMinute: 60);
        known.Answered(Turn(known), new RateLimitNote(100, 0, TimeSpan.FromSeconds(10)));
        ShouldGoAt(Ask(known), 1.021);
    }

    [Fact]
    public void An_allowance_that_is_whole_again_at_once_changes_nothing()
    {
        ModelGate gate = Gate(perMinute: 60);
        long first = Turn(gate);
        ShouldGoAt(Ask(gate), 1.021);

        gate.Answered(first, new RateLimitNote(10, 0, TimeSpan.Zero));

        ShouldGoAt(Ask(gate), 2.042);
    }

    [Fact]
    public void A_service_that_refuses_by_chance_is_waited_for_as_most_of_its_refusals_ask()
    {
        ModelGate gate = Gate();
        RefuseByChance(gate);
        long[] before = Turns(gate, 4);
        Clock.MoveTo(1);
        int[] waits = [90, 80, 70];
        gate.Throttled(before[0], TimeSpan.FromSeconds(10));
        foreach ((long sent, int wait) in before.Skip(1).Zip(waits))
        {
            gate.Throttled(sent, TimeSpan.FromSeconds(wait));
        }

        foreach ((long sent, int wait) in Turns(gate, 3).Zip((int[])[20, 30, 40]))
        {
            gate.Throttled(sent, TimeSpan.FromSeconds(wait));
        }

        // Of 10, 20, 30, 40, 70, 80 and 90 s the one in the middle.
        // Two answers in 41 s are the pace from then on.
        ShouldGoAt(Ask(gate), 61.919);
    }

    [Fact]
    public void A_service_that_is_not_known_to_refuse_by_chance_is_waited_for_as_long_as_any_refusal_asks()
    {
        ModelGate gate = Gate();
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(10));
        foreach ((long sent, int wait) in Turns(gate, 3).Zip((int[])[90, 30, 40]))
        {
            gate.Throttled(sent, TimeSpan.FromSeconds(wait));
        }

        ShouldGoAt(Ask(gate), 90);
    }

    [Fact]
    public void A_pace_learned_late_counts_from_then()
    {
        ModelGate gate = Gate();
        RefuseByChance(gate);
        for (int i = 0; i < 8; i++)
        {
            gate.Answered(Turn(gate), null);
        }

        Clock.MoveTo(9);
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(1));
        long[] witnesses = Turns(gate, 3);
        gate.Throttled(witnesses[0], TimeSpan.FromSeconds(1));
        gate.Throttled(witnesses[1], TimeSpan.FromSeconds(1));
        Clock.MoveTo(59);
        gate.Throttled(witnesses[2], TimeSpan.FromSeconds(1));

        // Ten answers until the tenth second, when most had asked to wait: 0.98 a second.
        ShouldGoAt(Ask(gate), 60.021);
    }

    /// <summary>Ten answers, and then a refusal that three others bear out: the service asks to wait for a hundred seconds.</summary>
    private ModelGate TenInHundredSeconds()
    {
        Clock.MoveTo(Start);
        ModelGate gate = Gate();
        for (int i = 0; i < 10; i++)
        {
            gate.Answered(Turn(gate), null);
        }

        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(100));
        foreach (long witness in Turns(gate, 3))
        {
            gate.Throttled(witness, TimeSpan.FromSeconds(100));
        }

        return gate;
    }

    /// <summary>A refusal that two answers contradict.</summary>
    private void RefuseByChance(ModelGate gate)
    {
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(1));
        gate.Answered(Turn(gate), null);
        gate.Answered(Turn(gate), null);
    }
}
