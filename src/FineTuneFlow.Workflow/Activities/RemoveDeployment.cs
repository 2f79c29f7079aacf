using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Removes a candidate's deployment, whatever its evaluation came to.</summary>
public sealed class RemoveDeployment(Deployments deployments) : IActivity<RemoveDeploymentInput, Unit>
{
    public async Task<Unit> RunAsync(RemoveDeploymentInput input, CancellationToken cancellation)
    {
        await deployments.RemoveAsync(RunPaths.Deployment(input.RunId, input.Candidate), cancellation);
        return Unit.Value;
    }
}

public sealed record RemoveDeploymentInput(string RunId, string Candidate, string Provider);
