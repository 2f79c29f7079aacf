using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Runs;

/// <param name="Approved">True: go on and spend; false: end unspent.</param>
/// <param name="By">Who decides, for the record.</param>
/// <param name="Comment">Kept with the decision.</param>
public sealed record ApprovalRequest(bool Approved = true, string? By = null, string? Comment = null);

/// <param name="By">Who asks, for the record.</param>
public sealed record SteeringRequest(string? By = null, string? Reason = null);

internal static class RunSteering
{
    /// <exception cref="FlowException">Conflict: it has ended, and nothing can be done to it any more.</exception>
    public static void RequireGoing(this RunView run, string verb)
    {
        if (run.EndedAt is not null)
        {
            throw new FlowException(
                FailureKind.Conflict, $"{run.RunId} has ended already: {run.Stage}", $"There is nothing to {verb}; rerun runs its file and recipe once more.");
        }
    }
}
