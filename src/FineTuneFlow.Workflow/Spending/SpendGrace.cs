using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>How long nothing is made again after an attempt whose outcome is not known.</summary>
/// <param name="OnTheWay">How long a sender waits for its answer: so long after an intent its request may still be under way,
/// also when the sender is alive and the step was merely delivered twice.</param>
/// <param name="Arrival">How long after its sender has given up, or died, a request may take to show in the provider's lists.</param>
public sealed record SpendGrace(TimeSpan OnTheWay, TimeSpan Arrival)
{
    private static readonly TimeSpan SimulatedArrival = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan RealArrival = TimeSpan.FromSeconds(30);

    /// <summary>For what is paid for.</summary>
    public static SpendGrace OfPaid(ProviderFacts facts) =>
        facts.Simulated ? new SpendGrace(TimeSpan.Zero, SimulatedArrival) : new SpendGrace(facts.RequestTimeout, RealArrival);

    /// <summary>For files. An upload may take half an hour, during which its intent is kept fresh; a run that was killed in the middle
    /// of one is not held for so long, as a second copy costs nothing.</summary>
    public static SpendGrace OfFile(ProviderFacts facts) => OfPaid(facts) with { OnTheWay = TimeSpan.Zero };

    /// <summary>For a chunk of questions, whose claim is kept fresh while it is asked: a dead asker's questions make nothing that could
    /// still arrive.</summary>
    public static SpendGrace OfQuestions(ProviderFacts facts) => OfFile(facts);

    /// <summary>For the start of a container.</summary>
    public static SpendGrace OfContainer(ContainerFacts facts) => new(facts.RequestTimeout, facts.Arrival);

    /// <summary>How long nothing is to be made yet; zero or less: it may be.</summary>
    /// <param name="state">Of the last attempt.</param>
    /// <param name="at">When it was last heard of.</param>
    /// <param name="now">Before the look-up begins: what arrives while it is under way must not slip between the two.</param>
    internal TimeSpan Left(SpendState state, DateTimeOffset at, DateTimeOffset now) => state switch
    {
        SpendState.Intended => at + OnTheWay + Arrival - now,
        SpendState.InDoubt => at + Arrival - now,
        _ => TimeSpan.Zero,
    };
}
