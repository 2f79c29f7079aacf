using System.Runtime.ExceptionServices;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Serving;

/// <summary>What hosts do every minute beside their runs: notifications are sent, deployments that champions need are kept,
/// terminated runs are cleaned up after, old ones removed.</summary>
public sealed class LifecycleTick(ServingKeeper keeper, NotificationSender sender, TerminatedRuns terminated, RunRetention retention)
{
    public Task RunAsync(CancellationToken cancellation) =>
        RunAllAsync([sender.TickAsync, keeper.TickAsync, terminated.TickAsync, retention.TickAsync], cancellation);

    /// <summary>One after the other; none is kept back by another's failure, which is told in the end.</summary>
    /// <exception cref="FlowException">Some have failed; of the first one's kind.</exception>
    internal static async Task RunAllAsync(IReadOnlyList<Func<CancellationToken, Task>> looks, CancellationToken cancellation)
    {
        List<Exception> failures = [];
        foreach (Func<CancellationToken, Task> look in looks)
        {
            try
            {
                await look(cancellation);
            }
            catch (Exception failure) when (!cancellation.IsCancellationRequested)
            {
                failures.Add(failure);
            }
        }

        FlowException[] expected = [.. failures.OfType<FlowException>()];
        if (failures.Find(failure => failure is not FlowException) is { } defect)
        {
            ExceptionDispatchInfo.Throw(defect);
        }

        if (expected.Length > 0)
        {
            throw new FlowException(expected[0].Failure with { Message = string.Join("; ", expected.Select(one => one.Failure.Message).Distinct()) }, expected[0]);
        }
    }
}
