using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Removes a run's deployments and writes down what they cost.</summary>
public sealed class Deployments(IBlobStore store, IModelDeployments deployments, TimeProvider time, FlowTelemetry telemetry)
{
    /// <returns>USD for the hours it stood, also where it was removed before; 0 where nothing was deployed.</returns>
    public async Task<double> RemoveAsync(BlobPath record, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<DeploymentRecord>(record, cancellation) is not { Value: var standing })
        {
            return 0;
        }

        if (standing.RemovedAt is not null)
        {
            return standing.HostingUsd;
        }

        ModelDeployment? deployment = await deployments.GetAsync(standing.Provider, standing.Name, cancellation);
        await deployments.RemoveAsync(standing.Provider, standing.Name, cancellation);
        DateTimeOffset now = time.GetUtcNow();
        double usd = deployment is null ? 0 : deployment.HourlyUsd * (now - (deployment.CreatedAt ?? standing.AskedAt)).TotalHours;
        await store.WriteJsonAsync(record, standing with { RemovedAt = now, HostingUsd = usd }, cancellation: cancellation);
        telemetry.Spent(standing.Provider, "hosting", usd);
        return usd;
    }
}
