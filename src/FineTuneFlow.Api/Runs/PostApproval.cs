using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Approves or rejects a run's quote.</summary>
public sealed class PostApproval(RunReader runs, IDurableClient engine, IBlobStore store) : IApiHandler
{
    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        ApprovalRequest body = await request.JsonOrAsync(new ApprovalRequest(), cancellation);
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        if (!run.NeedsApproval)
        {
            // An answer given to a run that does not wait would be taken as one to a later quote.
            throw new FlowException(FailureKind.Conflict, $"{run.RunId} does not wait for an approval: it is {run.Stage}", "Look at its state with ftf watch.");
        }

        var decision = new ApprovalDecision(body.Approved, body.By, body.Comment);
        await DecideOnceAsync(run.RunId, decision, cancellation);
        await engine.RaiseEventAsync(run.RunId, Signals.Approval, decision, cancellation);
        return ApiAnswer.Accepted(request, $"/api/runs/{run.RunId}", run);
    }

    /// <summary>The first answer stands, whenever the run comes to read it. The same answer may be sent again: the first sending may
    /// have been lost on its way.</summary>
    private async Task DecideOnceAsync(string runId, ApprovalDecision decision, CancellationToken cancellation)
    {
        try
        {
            await store.WriteJsonAsync(RunPaths.Approval(runId), decision, WriteCondition.Absent, cancellation);
        }
        catch (FlowException taken) when (taken.Failure.Kind == FailureKind.Conflict)
        {
            ApprovalDecision first = await store.ReadJsonAsync<ApprovalDecision>(RunPaths.Approval(runId), cancellation);
            if (first != decision)
            {
                throw new FlowException(
                    FailureKind.Conflict,
                    $"{runId} has been {(first.Approved ? "approved" : "rejected")} already{(first.By is null ? "" : $" by {first.By}")}",
                    "The first answer stands; cancel stops a run that was approved.");
            }
        }
    }
}
