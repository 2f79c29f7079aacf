using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Observability;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Runs the workflow's activities in the scope of a function's call.</summary>
public sealed class ActivityRunner(WorkflowCatalog catalog, FlowTelemetry telemetry, ILogger<ActivityRunner> logger)
{
    /// <summary>Runs the activity, in the trace and the log scope of the run that the instance's id names.</summary>
    public Task<TOut> RunAsync<TIn, TOut>(ActivityName<TIn, TOut> name, TIn input, string instanceId, FunctionContext context) =>
        RunAsync(name, input, instanceId, context.InstanceServices, context.CancellationToken);

    /// <exception cref="CarriedFailureException">Whatever went wrong.</exception>
    public async Task<TOut> RunAsync<TIn, TOut>(
        ActivityName<TIn, TOut> name, TIn input, string instanceId, IServiceProvider services, CancellationToken cancellation)
    {
        (string runId, string? candidate) = RunTrace.Subject(instanceId);
        try
        {
            return await telemetry.ObserveAsync(
                name.Name, runId, candidate, logger, () => catalog.Activities[name.Name].RunAsync<TIn, TOut>(services, input, cancellation));
        }
        catch (Exception exception)
        {
            Failure failure = FailureOf.Exception(exception, name.Name);
            if (failure.Kind == FailureKind.Internal)
            {
                // Type and trace, not the message: that may quote the data.
                logger.LogError("{Step} of {RunId} failed with {Type}\n{Trace}", name.Name, runId, exception.GetType().FullName, exception.StackTrace);
            }

            throw new CarriedFailureException(failure);
        }
    }
}
