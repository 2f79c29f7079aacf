using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Puts a fine-tune into service where it does not answer by itself (Azure). Repeating is safe: the deployment's name
/// follows from run and candidate. The record is written first, so that clean-up finds what a crash leaves.</summary>
public sealed class DeployModel(IBlobStore store, IProviders providers, IModelDeployments deployments, Deployments removal, RunGuard guard, TimeProvider time)
    : IActivity<DeployModelInput, DeployedModel>
{
    /// <summary>A deployment that is made again at once is stuck again.</summary>
    private static readonly TimeSpan PauseBeforeRemaking = TimeSpan.FromMinutes(5);

    public async Task<DeployedModel> RunAsync(DeployModelInput input, CancellationToken cancellation)
    {
        if (!providers.Get(input.Provider).Facts.NeedsDeployment)
        {
            return new DeployedModel(null, true);
        }

        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        BlobPath record = RunPaths.Deployment(input.RunId, input.Candidate);
        string name = ModelDeployment.NameOf(input.RunId, input.Candidate);
        if (await store.FindJsonAsync<DeploymentRecord>(record, cancellation) is not var (known, etag))
        {
            await WriteAsync(record, new DeploymentRecord(input.Provider, name, time.GetUtcNow(), null, 0), cancellation);
        }
        else if (known.RemovedAt is not null)
        {
            throw Removed(name);
        }
        else if (known.Remade < input.Remade)
        {
            await removal.GiveUpAsync(record, known, etag, input.Remade, PauseBeforeRemaking, cancellation);
            return new DeployedModel(name, false);
        }
        else if (known.NotBefore > time.GetUtcNow())
        {
            return new DeployedModel(name, false);
        }

        ModelDeployment deployment = await deployments.EnsureAsync(input.Provider, name, input.Model, cancellation);
        if ((await store.FindJsonAsync<DeploymentRecord>(record, cancellation))?.Value.RemovedAt is not null)
        {
            // This delivery was late, and the evaluation that needed the deployment ended while it was put up again.
            await LateDeployment.TakeDownAsync(deployments, input.Provider, name, cancellation);
            throw Removed(name);
        }

        return deployment.State switch
        {
            DeploymentState.Ready => new DeployedModel(name, true),
            DeploymentState.Failed => throw new FlowException(
                FailureKind.JobFailed,
                $"Azure could not deploy {input.Model} as {name}",
                "Look at the deployment in the portal; quota for the SKU and capacity in the provider's settings are the usual reasons"),
            _ => new DeployedModel(name, false),
        };
    }

    private async Task WriteAsync(BlobPath path, DeploymentRecord record, CancellationToken cancellation)
    {
        try
        {
            await store.WriteJsonAsync(path, record, WriteCondition.Absent, cancellation);
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
        {
            // Another delivery of this step has just written it.
        }
    }

    private static FlowException Removed(string name) => new(
        FailureKind.Conflict, $"The deployment {name} was removed: its evaluation has ended", "Rerun to evaluate the model again");
}

/// <param name="Candidate">Whose model it is.</param>
/// <param name="Model">The fine-tune.</param>
/// <param name="Remade">How often a deployment that was stuck has been given up: it is deleted, and made again after a pause.</param>
public sealed record DeployModelInput(string RunId, string Candidate, string Provider, string Model, int Remade = 0);

/// <param name="Deployment">Name to ask; null: the model answers by itself.</param>
/// <param name="Ready">It can be asked now.</param>
public sealed record DeployedModel(string? Deployment, bool Ready);
