namespace FineTuneFlow.Mutation.Running;

internal enum Outcome
{
    /// <summary>A test failed.</summary>
    Killed,

    /// <summary>The tests did not end in time, or their process died.</summary>
    Hung,

    Survived,

    /// <summary>No test enters the member.</summary>
    NotReached,
}
