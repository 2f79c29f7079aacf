using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Approves or rejects a run's quote.</summary>
public sealed class PostApproval(RunReader runs, IDurableClient engine) : IApiHandler
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

        await engine.RaiseEventAsync(run.RunId, Signals.Approval, new ApprovalDecision(body.Approved, body.By, body.Comment), cancellation);
        return ApiAnswer.Accepted(request, $"/api/runs/{run.RunId}", run);
    }
}
