using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Removes a run's deployments and writes down what they cost.</summary>
public sealed class Deployments(IBlobStore store, IModelDeployments deployments, TimeProvider time, FlowTelemetry telemetry)
{
    /// <returns>USD for the hours it stood, also where it was removed before; 0 where nothing was deployed.</returns>
    public async Task<double> RemoveAsync(BlobPath record, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<DeploymentRecord>(record, cancellation) is not var (standing, etag))
        {
            return 0;
        }

        if (standing.RemovedAt is not null)
        {
            // Once more: a deploying step that was delivered twice may have put it up again since.
            await deployments.RemoveAsync(standing.Provider, standing.Name, cancellation);
            return standing.HostingUsd;
        }

        try
        {
            (standing, etag, DateTimeOffset end, double hosting) = await TakeDownAsync(record, standing, etag, cancellation);
            double usd = standing.HostingUsd + hosting;
            await store.WriteJsonAsync(record, standing with { RemovedAt = end, HostingUsd = usd }, WriteCondition.Matches(etag), cancellation);
            telemetry.Spent(standing.Provider, "hosting", hosting);
            return usd;
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
        {
            // Another delivery of the same step removes it too: what it has written down counts.
            return await RemoveAsync(record, cancellation);
        }
    }

    /// <summary>Takes down a deployment that is stuck, to be made again after a pause. Its hours count too.</summary>
    internal async Task GiveUpAsync(
        BlobPath record, DeploymentRecord standing, string etag, int remade, TimeSpan pause, CancellationToken cancellation)
    {
        try
        {
            (standing, etag, DateTimeOffset end, double hosting) = await TakeDownAsync(record, standing, etag, cancellation);
            DateTimeOffset now = time.GetUtcNow();
            DeploymentRecord given = standing with
            {
                // It stands again after the pause at the earliest.
                AskedAt = now + pause, HourlyUsd = 0, HostingUsd = standing.HostingUsd + hosting, Remade = remade, NotBefore = now + pause, AskedAwayAt = null, EarlierHours = standing.HoursUntil(end),
            };
            await store.WriteJsonAsync(record, given, WriteCondition.Matches(etag), cancellation);
            telemetry.Spent(standing.Provider, "hosting", hosting);
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
        {
            // Another delivery of the same step gives it up too: what it has written down counts.
        }
    }

    /// <returns>The record as it is written now, until when the deployment stood, and USD for its hours.</returns>
    private async Task<(DeploymentRecord Standing, string ETag, DateTimeOffset End, double HostingUsd)> TakeDownAsync(
        BlobPath record, DeploymentRecord standing, string etag, CancellationToken cancellation)
    {
        bool stands = false;
        if (await deployments.GetAsync(standing.Provider, standing.Name, cancellation) is { } deployment)
        {
            stands = true;
            // Before it goes: when the answer to its removal is lost, nobody can tell any more what it cost, and until when.
            standing = standing with { AskedAt = deployment.CreatedAt ?? standing.AskedAt, HourlyUsd = deployment.HourlyUsd, AskedAwayAt = time.GetUtcNow() };
            etag = (await store.WriteJsonAsync(record, standing, WriteCondition.Matches(etag), cancellation)).ETag;
        }

        await deployments.RemoveAsync(standing.Provider, standing.Name, cancellation);
        // One that is gone already went when an earlier attempt asked for it, however long its host has been away since.
        DateTimeOffset end = stands ? time.GetUtcNow() : standing.AskedAwayAt ?? time.GetUtcNow();
        return (standing, etag, end, standing.HourlyUsd * (end - standing.AskedAt).TotalHours);
    }
}
