using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Durable;

/// <summary>What every engine records of exceptions that say by themselves what happened.</summary>
public static class KnownFailure
{
    /// <param name="exception">As a step or an orchestration threw it.</param>
    /// <param name="step">Name of the activity or orchestration.</param>
    /// <returns>Null: it says nothing that may be recorded as it is.</returns>
    public static Failure? Of(Exception exception, string step) => exception switch
    {
        FlowException flow => flow.Failure,
        StepFailedException failed => failed.Failure,
        // HttpClient's own time limit.
        OperationCanceledException { InnerException: TimeoutException } =>
            new Failure(FailureKind.Unavailable, $"{step}: the other side did not answer in time"),
        _ => null,
    };
}
