using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Durable;

/// <summary>An activity or sub-orchestration has failed for good, as its caller sees it.</summary>
public sealed class StepFailedException(string step, Failure failure)
    : Exception($"{step}: {failure}")
{
    /// <summary>Name of the activity or orchestration.</summary>
    public string Step { get; } = step;

    public Failure Failure { get; } = failure;
}
