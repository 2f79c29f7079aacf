using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>How many are asked at once, and what is made of a refusal. The figures of CUBIC were worked out by hand from RFC 9438:
/// W(t) = 0.4 (t - K)^3 + Wmax with K = cbrt(0.1 Wmax / 0.4).</summary>
public sealed class ModelGateLimitTests : GateTurns
{
    /// <param name="refused">Of twenty at once, all sent before the first refusal came.</param>
    [Theory]
    [InlineData(1, 1.0, 18)] // Nine tenths of 20; the curve is at 18.87.
    [InlineData(1, 1.8, 19)] // K = 1.68 s: the plateau, one below what was refused.
    [InlineData(1, 3.0, 19)] // 19 + 0.4 * 1.319^3 = 19.92
    [InlineData(1, 3.1, 20)] // 19 + 0.4 * 1.419^3 = 20.14
    [InlineData(1, 5.0, 33)] // 19 + 0.4 * 3.319^3 = 33.62
    [InlineData(1, 8.0, 64)] // 19 + 0.4 * 6.319^3 = 119.9, and 64 is the most.
    [InlineData(6, 0.2, 13)] // 18, and one less for each of five more.
    [InlineData(6, 3.4, 16)] // The plateau has gone down as well: 14 + 0.4 * 1.882^3 = 16.67
    [InlineData(16, 0.2, 10)] // Not below half of twenty,
    [InlineData(16, 3.4, 13)] // nor does the plateau: 10 + 0.4 * 2.043^3 = 13.41
    public void After_refusals_the_limit_follows_cubic(int refused, double seconds, int atOnce)
    {
        ModelGate gate = Gate(mostAtOnce: 64);
        Queue<long> going = Twenty(gate);
        Clock.MoveTo(100);
        for (int i = 0; i < refused; i++)
        {
            gate.Throttled(going.Dequeue(), null);
        }

        // As many as there is room for, and then one answer, which looks at the curve.
        Clock.MoveTo(100.1);
        Task<long>[] waiting = Ask(gate, 80);
        int atFirst = going.Count + Going(waiting);
        Clock.MoveTo(100 + seconds);
        gate.Answered(100, null);

        (atFirst - 1 + (Going(waiting) - (atFirst - going.Count))).ShouldBe(atOnce);
    }

    [Fact]
    public void An_answer_while_there_is_room_says_nothing_about_the_limit()
    {
        ModelGate gate = Gate();
        for (int i = 0; i < 10; i++)
        {
            gate.Answered(Turn(gate), null);
        }

        Going(Ask(gate, 8)).ShouldBe(4);
    }

    [Fact]
    public void What_was_sent_at_the_moment_of_a_refusal_was_sent_after_it()
    {
        ModelGate gate = Gate();
        gate.Throttled(Turn(gate), null);
        // 3.6, then a tenth less: 3.24. Were it one of those sent before, it would be 2.6.
        gate.Throttled(Turn(gate), null);

        Going(Ask(gate, 8)).ShouldBe(3);
    }

    [Fact]
    public void At_the_least_one_is_asked_and_the_curve_begins_there()
    {
        ModelGate gate = Gate();
        for (int i = 1; i <= 20; i++)
        {
            Clock.MoveTo(i);
            gate.Throttled(Turn(gate), null);
        }

        Task<long>[] waiting = Ask(gate, 8);
        Going(waiting).ShouldBe(1);
        // K = cbrt(0.1 / 0.4) = 0.63 s; 1 + 0.4 * 1.37^3 = 2.03
        Clock.MoveTo(22);
        gate.Answered(Taken(waiting[0]), null);
        Going(waiting).ShouldBe(3);
    }

    [Fact]
    public void Refusals_with_and_without_a_time_do_not_close_the_gate()
    {
        ModelGate gate = Gate();
        for (int i = 1; i <= 20; i++)
        {
            Clock.MoveTo(i);
            gate.Throttled(Turn(gate), null);
        }

        // In doubt three are let through, whatever the limit; two are refused without a time, which lowers the limit of one no more.
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(1));
        long[] witnesses = Turns(gate, 3);
        Clock.MoveTo(20.5);
        gate.Throttled(witnesses[0], null);
        gate.Throttled(witnesses[1], null);
        gate.Answered(witnesses[2], null);
        gate.Answered(Turn(gate), null);

        Going(Ask(gate, 8)).ShouldBe(1);
    }

    [Fact]
    public void No_more_bear_witness_than_may_be_asked_at_once()
    {
        ModelGate gate = Gate(mostAtOnce: 2);
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(30));

        Going(Ask(gate, 6)).ShouldBe(2);
    }

    [Fact]
    public void One_by_one_where_witnesses_have_ended_without_a_word()
    {
        ModelGate gate = Gate();
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(30));
        long[] witnesses = Turns(gate, 3);
        gate.Left();
        gate.Left();
        gate.Throttled(witnesses[2], TimeSpan.FromSeconds(30));

        Task<long>[] next = Ask(gate, 3);
        Going(next).ShouldBe(1);
        gate.Throttled(Taken(next[0]), TimeSpan.FromSeconds(30));
        Going(next).ShouldBe(2);
    }

    [Fact]
    public void Undecided_witnesses_are_followed_by_one_more_though_others_are_under_way()
    {
        ModelGate gate = Gate();
        long[] sent = Turns(gate, 2);
        Clock.MoveTo(0.1);
        gate.Throttled(sent[0], TimeSpan.FromSeconds(30));
        long[] witnesses = Turns(gate, 3);
        gate.Throttled(witnesses[0], TimeSpan.FromSeconds(30));
        gate.Throttled(witnesses[1], TimeSpan.FromSeconds(30));
        Task<long>[] next = Ask(gate, 3);
        Going(next).ShouldBe(0);
        gate.Answered(witnesses[2], null);

        Going(next).ShouldBe(1);
    }

    /// <param name="seconds">After the second refusal, at 3.24 of which three go at once.</param>
    [Theory]
    [InlineData(2.45, 3)] // K = cbrt(0.1 * 2 / 0.4) = 0.794 s; 2 + 0.4 * 1.656^3 = 3.82
    [InlineData(2.55, 4)] // 2 + 0.4 * 1.756^3 = 4.17
    public void The_plateau_is_one_below_the_whole_number_that_was_refused(double seconds, int atOnce)
    {
        ModelGate gate = Gate();
        gate.Throttled(Turn(gate), null);
        Clock.MoveTo(1);
        // At a limit of 3.6 three were asked at once, so that the plateau is at two.
        gate.Throttled(Turn(gate), null);
        Task<long>[] waiting = Ask(gate, 8);
        Going(waiting).ShouldBe(3);
        Clock.MoveTo(1 + seconds);

        gate.Answered(Taken(waiting[0]), null);

        (Going(waiting) - 1).ShouldBe(atOnce);
    }

    [Fact]
    public void Each_refusal_of_those_sent_before_takes_one_away()
    {
        ModelGate gate = Gate(mostAtOnce: 64);
        Queue<long> going = Twenty(gate);
        Clock.MoveTo(100);
        for (int i = 0; i < 6; i++)
        {
            gate.Throttled(going.Dequeue(), null);
        }

        // Nine tenths of 20 and five less are 13, and 14 are under way.
        Task<long> next = Ask(gate);
        gate.Left();
        Went(next).ShouldBeFalse();
        gate.Left();
        Went(next).ShouldBeTrue();
    }

    [Fact]
    public void Refusals_without_a_time_bear_no_witness_of_a_pause()
    {
        ModelGate gate = Gate();
        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(30));
        foreach (long witness in Turns(gate, 3))
        {
            gate.Throttled(witness, null);
        }

        Went(Ask(gate)).ShouldBeTrue("three with a time would have been the limit");
    }

    [Fact]
    public void Late_refusals_of_a_limit_that_was_found_open_no_doubt()
    {
        ModelGate gate = Gate(mostAtOnce: 64);
        Queue<long> late = Twenty(gate);
        Clock.MoveTo(1);
        gate.Throttled(late.Dequeue(), TimeSpan.FromSeconds(30));
        foreach (long witness in Turns(gate, 3))
        {
            gate.Throttled(witness, TimeSpan.FromSeconds(30));
        }

        foreach (long sent in late)
        {
            gate.Throttled(sent, TimeSpan.FromSeconds(1));
        }

        Went(Ask(gate)).ShouldBeFalse();
    }

    private Queue<long> Twenty(ModelGate gate)
    {
        var going = new Queue<long>(Turns(gate, 4));
        while (going.Count < 20)
        {
            gate.Answered(going.Dequeue(), null);
            going.Enqueue(Turn(gate));
            going.Enqueue(Turn(gate));
        }

        return going;
    }
}
