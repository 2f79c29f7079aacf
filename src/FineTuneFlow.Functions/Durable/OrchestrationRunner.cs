using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Observability;
using Microsoft.DurableTask;

namespace FineTuneFlow.Functions.Durable;

/// <summary>Runs the workflow's orchestrations on Durable Functions.</summary>
public sealed class OrchestrationRunner(WorkflowCatalog catalog, FlowTelemetry telemetry)
{
    /// <summary>Runs a turn of an instance with the code of the version that it began with.</summary>
    public async Task<TOut> RunAsync<TIn, TOut>(OrchestrationName<TIn, TOut> name, TaskOrchestrationContext context, TIn input)
    {
        OrchestrationEntry entry = EntryOf(name.Name, context.Version);
        try
        {
            // No ConfigureAwait(false): an orchestration goes on where its engine runs it.
            return await entry.RunAsync<TIn, TOut>(new DurableFunctionsContext(context, entry.Version, telemetry), input);
        }
        catch (Exception exception) when (!IsTheEnginesOwn(exception))
        {
            throw new CarriedFailureException(FailureOf.Exception(exception, name.Name));
        }
    }

    // Durable Functions ends a turn by exceptions of its own, which mean nothing when wrapped.
    private static bool IsTheEnginesOwn(Exception exception) =>
        exception is CarriedFailureException
        || exception.GetType().Namespace is { } space
            && (space.StartsWith("DurableTask.", StringComparison.Ordinal) || space.StartsWith("Microsoft.DurableTask", StringComparison.Ordinal));

    private OrchestrationEntry EntryOf(string name, string version)
    {
        // An instance without a version was started by hand, or by an extension that does not hand versions on: the oldest code.
        string wanted = string.IsNullOrEmpty(version)
            ? catalog.Orchestrations.Keys.Where(key => key.Name == name).Select(key => key.Version).Order(StringComparer.Ordinal).FirstOrDefault() ?? ""
            : version;
        return catalog.Orchestrations.TryGetValue((name, wanted), out OrchestrationEntry? entry)
            ? entry
            : throw new CarriedFailureException(new Failure(
                FailureKind.NonDeterministic,
                $"{name} has no code of version {wanted}",
                "Deploy a release that still holds this version, or terminate the run and start it again"));
    }
}
