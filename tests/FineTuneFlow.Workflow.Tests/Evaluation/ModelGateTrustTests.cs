using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>Which refusals are taken for the limit that was found before, and what is taken back when one turns out not to be it. A
/// refusal in doubt lets the next question go at once, one that is trusted makes it wait.</summary>
public sealed class ModelGateTrustTests : GateTurns
{
    private const double Start = 1000;

    /// <summary>End of the pause at which the limit was found, and from which on the next pace is measured.</summary>
    private const double Found = Start + 100;

    private double Now => Clock.GetTimestamp() / (double)TimeSpan.TicksPerSecond;

    /// <param name="share">Of the pace that was found.</param>
    [Theory]
    [InlineData(0.9, true)]
    [InlineData(0.84, false)]
    public void A_service_that_refuses_by_chance_is_trusted_down_to_85_percent_of_its_known_pace(double share, bool trusted)
    {
        ModelGate gate = OneInTenSeconds(byChance: true);

        RefuseAtPace(gate, Found, 12, 0.1 * share);

        IsPaused(gate).ShouldBe(trusted);
    }

    [Fact]
    public void Eight_refusals_are_trusted_the_ninth_has_to_be_borne_out_and_if_it_is_not_what_they_lowered_is_taken_back()
    {
        ModelGate gate = OneInTenSeconds();
        (double since, double pace) = (Found, 0.1);
        for (int i = 0; i < 8; i++)
        {
            pace *= 0.88;
            since = RefuseAtPace(gate, since, 12, pace);
            IsPaused(gate).ShouldBeTrue($"refusal {i + 1}");
        }

        RefuseAtPace(gate, since, 12, pace * 0.88);
        IsPaused(gate).ShouldBeFalse();

        // Answered: one and a half times the 0.098 a second that was found, one each 6.803 s, and at most a twentieth faster twice.
        AnswerTwo(gate);
        Interval(gate).ShouldBeInRange(6.803 / 1.05 / 1.05, 6.82);
    }

    [Fact]
    public void A_refusal_at_quite_another_pace_costs_the_trust_of_three()
    {
        ModelGate gate = OneInTenSeconds();
        double since = RefuseAtPace(gate, Found, 12, 0.07);
        IsPaused(gate).ShouldBeTrue();
        since = RefuseAtPace(gate, since, 12, 0.049);
        IsPaused(gate).ShouldBeTrue();

        // Two of eight are left.
        since = RefuseAtPace(gate, since, 12, 0.046);
        IsPaused(gate).ShouldBeTrue();
        since = RefuseAtPace(gate, since, 12, 0.043);
        IsPaused(gate).ShouldBeTrue();
        RefuseAtPace(gate, since, 12, 0.04);
        IsPaused(gate).ShouldBeFalse();
    }

    [Fact]
    public void Below_the_known_pace_a_refusal_is_doubted()
    {
        ModelGate gate = OneInTenSeconds();

        RefuseFirst(gate);

        IsPaused(gate).ShouldBeFalse();
    }

    [Fact]
    public void Once_a_refusal_was_by_chance_the_known_limit_is_trusted_no_more()
    {
        ModelGate gate = OneInTenSeconds();
        RefuseFirst(gate);
        AnswerTwo(gate);

        RefuseAtPace(gate, Found, 12, 0.1, answered: 2);

        IsPaused(gate).ShouldBeFalse();
    }

    [Fact]
    public void The_second_refusal_by_chance_in_a_row_raises_the_pace_once_more()
    {
        ModelGate gate = OneInTenSeconds(byChance: true);
        RefuseFirst(gate);
        foreach (long witness in Turns(gate, 3))
        {
            gate.Throttled(witness, TimeSpan.FromSeconds(1));
        }

        // The limit was found again, at 0.0987 a second: 0.098, raised by 0.7 % in ten seconds.
        RefuseFirst(gate);
        AnswerTwo(gate);
        RefuseFirst(gate);
        AnswerTwo(gate);

        // By one and a half twice, that is one each 4.503 s, and at most a twentieth faster for each of three waits.
        Interval(gate).ShouldBeInRange(4.503 / 1.05 / 1.05 / 1.05, 4.52);
    }

    [Fact]
    public void From_the_second_refusal_by_chance_in_a_row_the_pace_is_measured_anew()
    {
        Clock.MoveTo(Start);
        ModelGate gate = Gate();
        foreach (double second in new[] { Start, Start + 50 })
        {
            Clock.MoveTo(second);
            gate.Throttled(Turn(gate), TimeSpan.FromSeconds(1));
            AnswerTwo(gate);
        }

        for (int i = 0; i < 10; i++)
        {
            gate.Answered(Turn(gate), null);
        }

        gate.Throttled(Turn(gate), TimeSpan.FromSeconds(100));
        foreach (long witness in Turns(gate, 3))
        {
            gate.Throttled(witness, TimeSpan.FromSeconds(100));
        }

        // Ten in a hundred seconds, of which 98 %.
        ShouldGoAt(Ask(gate), Start + 160.205);
    }

    [Fact]
    public void Refusals_by_chance_never_lift_the_rate_that_is_known()
    {
        ModelGate gate = Gate(perMinute: 60);
        for (int i = 0; i < 4; i++)
        {
            Clock.MoveTo(20 * i);
            gate.Throttled(Turn(gate), TimeSpan.FromSeconds(1));
            AnswerTwo(gate);
        }

        Clock.MoveTo(80);
        Turn(gate);
        ShouldGoAt(Ask(gate), 81.021);
    }

    /// <summary>Ten answers, and then a refusal that three others bear out: ten in a hundred seconds are the limit, and the pace 0.098
    /// a second.</summary>
    /// <param name="byChance">Before, a refusal was contradicted by the first two of the answers.</param>
    private ModelGate OneInTenSeconds(bool byChance = false)
    {
        Clock.MoveTo(Start);
        ModelGate gate = Gate();
        if (byChance)
        {
            gate.Throttled(Turn(gate), TimeSpan.FromSeconds(1));
            AnswerTwo(gate);
        }

        for (int i = byChance ? 2 : 0; i < 10; i++)
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

    /// <summary>Questions are answered as fast as the gate lets them go, and one more is refused, which asks to wait for so long that
    /// they have come at this pace.</summary>
    /// <param name="gate">Where.</param>
    /// <param name="since">The end of the last pause.</param>
    /// <param name="count">Answers in all.</param>
    /// <param name="pace">A second.</param>
    /// <param name="answered">Those of them that have been answered already.</param>
    /// <returns>The end of the pause that is asked for.</returns>
    private double RefuseAtPace(ModelGate gate, double since, int count, double pace, int answered = 0)
    {
        for (int i = answered; i < count; i++)
        {
            gate.Answered(Next(gate), null);
        }

        double until = since + (count / pace);
        long last = Next(gate);
        gate.Throttled(last, TimeSpan.FromSeconds(until - Now));
        return until;
    }

    /// <summary>The next that may go is refused.</summary>
    private void RefuseFirst(ModelGate gate) => gate.Throttled(Next(gate), TimeSpan.FromSeconds(1));

    private void AnswerTwo(ModelGate gate)
    {
        foreach (long turn in Turns(gate, 2))
        {
            gate.Answered(turn, null);
        }
    }

    /// <summary>Between one turn and the next.</summary>
    private double Interval(ModelGate gate)
    {
        gate.Answered(Next(gate), null);
        double first = Now;
        Next(gate);
        return Now - first;
    }

    /// <summary>Moves the clock on until a turn is given.</summary>
    private long Next(ModelGate gate)
    {
        Task<long> turn = Ask(gate);
        for (int i = 0; i < 60_000 && !Went(turn); i++)
        {
            Clock.MoveTo(Now + 0.01);
        }

        return Taken(turn);
    }

    private bool IsPaused(ModelGate gate)
    {
        using var gone = new CancellationTokenSource();
        Task<long> turn = Ask(gate, gone.Token);
        bool went = Went(turn);
        if (went)
        {
            gate.Left();
        }

        gone.Cancel();
        return !went;
    }
}
