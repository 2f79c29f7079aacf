using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>When the gate lets the next request through, by a clock that stands still until the test moves it.</summary>
public sealed class ModelGateTests : GateTurns
{
    [Fact]
    public void Nothing_is_sent_during_a_pause_and_a_shorter_later_one_does_not_end_it()
    {
        ModelGate gate = Gate();
        long sent = Turn(gate);
        long late = Turn(gate);
        // The first refusal is doubted; three that are refused as well bear witness that it was the limit.
        gate.Throttled(sent, TimeSpan.FromSeconds(30));
        Clock.MoveTo(0.5);
        long[] witnesses = [Turn(gate), Turn(gate), Turn(gate)];
        foreach (long witness in witnesses)
        {
            gate.Throttled(witness, TimeSpan.FromSeconds(5));
        }

        // One that was sent before comes back only now, and asks for less.
        gate.Throttled(late, TimeSpan.FromSeconds(1));

        Task<long> next = Ask(gate);
        Went(next).ShouldBeFalse();
        foreach (double second in (double[])[1, 4.9, 5.1, 20, 29.9])
        {
            Clock.MoveTo(second);
            Went(next).ShouldBeFalse($"after {second} s");
        }

        Clock.MoveTo(30.01);
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void A_pause_that_runs_is_kept_though_a_later_refusal_is_doubted()
    {
        ModelGate gate = Gate();
        long sent = Turn(gate);
        long late = Turn(gate);
        // A service that names more than two minutes means it. The other refusal says nothing yet, and wants witnesses.
        gate.Throttled(sent, TimeSpan.FromSeconds(125));
        gate.Throttled(late, TimeSpan.FromSeconds(1));
        Clock.MoveTo(10);

        ShouldGoAt(Ask(gate), 125);
    }

    [Fact]
    public void While_a_refusal_is_in_doubt_three_are_let_through_and_then_one_for_each_that_comes_back()
    {
        ModelGate gate = Gate(mostAtOnce: 32);
        long sent = Turn(gate);
        gate.Throttled(sent, TimeSpan.FromSeconds(30));

        Task<long>[] asked = [.. Enumerable.Range(0, 6).Select(_ => Ask(gate))];

        asked.Count(Went).ShouldBe(3);
        // Two of the three are answered: it was no limit, and the others need not wait.
        gate.Answered(Taken(asked[0]), null);
        gate.Answered(Taken(asked[1]), null);
        asked.Count(Went).ShouldBeGreaterThan(4);
    }

    [Fact]
    public void A_wait_of_more_than_two_minutes_is_told_and_only_a_longer_one_changes_it()
    {
        ModelGate gate = Gate();
        long[] sent = [Turn(gate), Turn(gate), Turn(gate)];

        gate.Throttled(sent[0], TimeSpan.FromMinutes(10));
        WaitTold(gate).ShouldBe(TimeSpan.FromMinutes(10));
        gate.Throttled(sent[1], TimeSpan.FromMinutes(3));
        WaitTold(gate).ShouldBe(TimeSpan.FromMinutes(10));
        gate.Throttled(sent[2], TimeSpan.FromMinutes(20));
        WaitTold(gate).ShouldBe(TimeSpan.FromMinutes(20));

        // With exactly two minutes left nobody is sent away any more.
        Clock.MoveTo(18 * 60);
        Task<long> next = Ask(gate);
        Went(next).ShouldBeFalse();
        Clock.MoveTo((20 * 60) + 0.01);
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void Two_minutes_are_waited_here_and_anything_longer_is_told()
    {
        ModelGate gate = Gate();
        long[] sent = Turns(gate, 2);
        gate.Throttled(sent[0], TimeSpan.FromSeconds(120));
        Went(Ask(gate)).ShouldBeTrue("it bears witness");

        // Told also to a newcomer that would bear witness.
        gate.Throttled(sent[1], TimeSpan.FromSeconds(121));
        WaitTold(gate).ShouldBe(TimeSpan.FromSeconds(121));
    }

    [Fact]
    public void Those_who_wait_are_told_too_when_the_wait_becomes_too_long()
    {
        ModelGate gate = Gate(mostAtOnce: 1);
        long sent = Turn(gate);
        Task<long> waiting = Ask(gate);

        gate.Throttled(sent, TimeSpan.FromHours(1));

        Told(waiting).RetryAfter.ShouldBe(TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_newcomer_does_not_overtake_those_who_wait()
    {
        // One a second: the first goes, the second waits, and its timer is late when a third comes.
        ModelGate gate = Gate(perMinute: 60);
        Turn(gate);
        Task<long> second = Ask(gate);
        Went(second).ShouldBeFalse();
        Clock.MoveTo(1.1, fireTimers: false);

        Task<long> third = Ask(gate);

        Went(second).ShouldBeTrue();
        Went(third).ShouldBeFalse();
        Clock.MoveTo(2.2);
        Went(third).ShouldBeTrue();
    }

    [Fact]
    public void A_known_rate_is_kept_to_the_request()
    {
        // 60 a minute, of which 98 % are used: one each 1.0204 s.
        ModelGate gate = Gate(perMinute: 60);
        Task<long>[] turns = [.. Enumerable.Range(0, 4).Select(_ => Ask(gate))];

        turns.Count(Went).ShouldBe(1);
        Clock.MoveTo(1.019);
        turns.Count(Went).ShouldBe(1);
        Clock.MoveTo(1.022);
        turns.Count(Went).ShouldBe(2);
        Clock.MoveTo(2.038);
        turns.Count(Went).ShouldBe(2);
        Clock.MoveTo(2.043);
        turns.Count(Went).ShouldBe(3);
    }

    [Fact]
    public void Questions_in_flight_are_taken_from_the_allowance_that_an_answer_names()
    {
        // Three are under way; one is answered and says that two of ten are left for the next ten seconds: they are the two.
        ModelGate gate = Gate();
        long[] sent = [Turn(gate), Turn(gate), Turn(gate)];
        gate.Answered(sent[0], new RateLimitNote(10, 2, TimeSpan.FromSeconds(10)));

        Task<long> next = Ask(gate);

        Went(next).ShouldBeFalse();
        // Eight were used in what fills in ten seconds: 0.8 a second, of which 98 %: the next after 1.276 s.
        Clock.MoveTo(1.26);
        Went(next).ShouldBeFalse();
        Clock.MoveTo(1.29);
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void An_allowance_that_is_far_from_used_up_slows_nobody_down()
    {
        ModelGate gate = Gate();
        long[] sent = [Turn(gate), Turn(gate)];
        gate.Answered(sent[0], new RateLimitNote(1000, 900, TimeSpan.FromSeconds(10)));

        Enumerable.Range(0, 3).ShouldAllBe(_ => Went(Ask(gate)));
    }

    [Fact]
    public void Four_begin_at_once_and_each_answer_makes_room_for_one_more()
    {
        ModelGate gate = Gate(mostAtOnce: 6);
        Task<long>[] turns = [.. Enumerable.Range(0, 12).Select(_ => Ask(gate))];
        turns.Count(Went).ShouldBe(4);

        gate.Answered(Taken(turns[0]), null);
        turns.Count(Went).ShouldBe(6);
        gate.Answered(Taken(turns[1]), null);
        turns.Count(Went).ShouldBe(8);
        // Six is the most.
        gate.Answered(Taken(turns[2]), null);
        turns.Count(Went).ShouldBe(9);
        gate.Left();
        turns.Count(Went).ShouldBe(10);
    }

    [Fact]
    public void A_refusal_without_a_time_lowers_what_is_asked_at_once_and_pauses_nobody()
    {
        ModelGate gate = Gate(mostAtOnce: 64);
        long[] first = Turns(gate, 4);
        Clock.MoveTo(0.1);
        foreach (long sent in first)
        {
            gate.Throttled(sent, null);
        }

        // Four less a tenth, and one less for each of the others, but not below half of four.
        Going(Ask(gate, 6)).ShouldBe(2);
    }

    [Fact]
    public void Who_gives_up_takes_no_turn()
    {
        ModelGate gate = Gate(perMinute: 60);
        using var gone = new CancellationTokenSource();
        Turn(gate);
        Task<long> second = Ask(gate, gone.Token);
        Task<long> third = Ask(gate);

        gone.Cancel();

        Went(second).ShouldBeTrue();
        second.IsCanceled.ShouldBeTrue();
        Ask(Gate(), gone.Token).IsCanceled.ShouldBeTrue();
        ShouldGoAt(third, 1.021);
    }

    [Fact]
    public void Who_gives_up_while_a_turn_is_given_gives_it_back()
    {
        ModelGate gate = Gate(mostAtOnce: 1);
        using var gone = new CancellationTokenSource();
        long sent = Turn(gate);
        Task<long> second = Ask(gate, gone.Token);
        int looks = 0;
        Clock.Looked = () =>
        {
            // Three looks are for how long to wait, the fourth for the turn's own time.
            if (++looks == 4)
            {
                gone.Cancel();
            }
        };

        gate.Left();
        Clock.Looked = null;

        Went(second).ShouldBeTrue();
        second.IsCanceled.ShouldBeTrue();
        Went(Ask(gate)).ShouldBeTrue();
    }
}
