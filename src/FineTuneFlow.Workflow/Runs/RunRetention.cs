using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Removes old runs once a day, as the host's settings say. Runs that a version comes from stay.</summary>
public sealed class RunRetention(RunReader reader, RunRemoval removal, RetentionOptions options, TimeProvider time, ILogger<RunRetention> logger)
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private DateTimeOffset _next = DateTimeOffset.MinValue;

    /// <summary>Looks where it is time to. Two hosts that look at once remove each run once.</summary>
    public async Task TickAsync(CancellationToken cancellation)
    {
        DateTimeOffset now = time.GetUtcNow();
        if (options.Age is not { } age || now < _next)
        {
            return;
        }

        // Whatever becomes of this look, the next one is a day later, and not at every tick.
        _next = now + Every;
        int removed = 0;
        foreach (RunView run in OldRuns.Of(await AllAsync(cancellation), now - age, options.Keep))
        {
            try
            {
                await removal.RemoveAsync(run.RunId, cancellation);
                removed++;
            }
            catch (FlowException refusal) when (OldRuns.Stays(refusal))
            {
                // A version comes from it, or another host has just removed it.
            }
            catch (Exception failed) when (failed is not OperationCanceledException)
            {
                logger.LogError(failed, "{RunId} is old and could not be removed: {Failure}", run.RunId, failed.Message);
            }
        }

        if (removed > 0)
        {
            logger.LogInformation("Removed {Count} runs that had ended more than {Days} days ago", removed, age.TotalDays);
        }
    }

    /// <summary>Read before any is removed, so that no page moves under the reading.</summary>
    private async Task<List<RunView>> AllAsync(CancellationToken cancellation)
    {
        var all = new List<RunView>();
        var query = new InstanceQuery { PageSize = 1_000 };
        do
        {
            (System.Collections.Immutable.ImmutableArray<RunView> page, string? continuation) = await reader.ListAsync(query, cancellation);
            all.AddRange(page);
            query = query with { Continuation = continuation };
        }
        while (query.Continuation is not null);
        return all;
    }
}
