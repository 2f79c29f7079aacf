using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using Microsoft.DurableTask;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Failures from exceptions and back from what Durable Functions has kept of them.</summary>
internal static class FailureOf
{
    /// <summary>What is recorded of an exception that a step threw.</summary>
    public static Failure Exception(Exception exception, string step) => KnownFailure.Of(exception, step) ?? exception switch
    {
        // An activity's token fires when the host drains or shuts down; another worker takes the step.
        OperationCanceledException => new Failure(FailureKind.Unavailable, $"{step} was interrupted, as its host is shutting down"),
        // The message of a foreign exception may quote the data that it stumbled over, and history must hold none of it.
        _ => new Failure(FailureKind.Internal, $"{step}: {exception.GetType().Name}", "This is a defect: report it with the trace in the host's log"),
    };

    /// <summary>What the details of a failed step say.</summary>
    public static Failure Details(TaskFailureDetails? details, string step)
    {
        for (TaskFailureDetails? at = details; at is not null; at = at.InnerFailure)
        {
            if (FailureText.Read(at.ErrorMessage) is { } failure)
            {
                return failure;
            }
        }

        // A terminated sub-orchestration is the one thing that fails without details.
        return details is null
            ? new Failure(FailureKind.Cancelled, $"{step} was terminated", "Rerun the run to do it again")
            : Foreign(details.ErrorType, step);
    }

    /// <summary>A failure that none of our code has thrown: the engine itself, or a worker of another version.</summary>
    /// <param name="errorType">The exception's type, as told.</param>
    /// <param name="step">Name of the activity or orchestration.</param>
    public static Failure Foreign(string errorType, string step) =>
        errorType.Contains("NonDeterministic", StringComparison.OrdinalIgnoreCase)
            ? new Failure(
                FailureKind.NonDeterministic,
                $"{step}: its code asked for other actions than its history holds",
                "Deploy the code this run began with, or start the run again; docs/deploy.md tells how code is changed under running runs")
            : new Failure(FailureKind.Internal, $"{step} failed with {(string.IsNullOrEmpty(errorType) ? "an unknown error" : errorType)}", "Look it up in the host's log");
}
