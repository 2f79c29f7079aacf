using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Starts a baseline's container once. An execution that never began (no image, no machine) or was interrupted is followed
/// by another attempt with a record of its own; one that is under way, has succeeded, was cancelled or failed in its work is not.</summary>
public sealed class ContainerStarts(IBlobStore store, IContainerJobs jobs, SpendOnce once, TimeProvider time)
{
    /// <summary>Finds the execution that counts, or starts it. Repeating the call is safe.</summary>
    /// <exception cref="FlowException">Ambiguous: a start is in doubt; call again after RetryAfter.</exception>
    public async Task<StartedContainer> StartAsync(ContainerJobRequest request, CancellationToken cancellation)
    {
        for (int attempt = 1; ; attempt++)
        {
            ContainerJobRequest asked = request with { Attempt = attempt };
            if (await RecordAsync(asked, cancellation) is { Result: { } started } record)
            {
                ContainerExecution? execution = await jobs.GetAsync(asked, started.ExecutionId, cancellation);
                if (execution is { Failure.Kind: FailureKind.Unavailable } || (execution is null && IsForgotten(asked, record)))
                {
                    continue;
                }

                return started;
            }

            return await once.RunAsync(
                asked.StartRecord,
                GraceOf(asked),
                async stop => await jobs.FindAsync(asked, stop) is { } found ? new StartedContainer(found.Id) : null,
                async stop => new StartedContainer((await jobs.StartAsync(asked, stop)).Id),
                cancellation);
        }
    }

    /// <summary>The execution that was started last; null where there is none. Starts nothing.</summary>
    /// <exception cref="FlowException">Ambiguous: a start is in doubt, and its execution may still come to light; look again after RetryAfter.</exception>
    public async Task<ContainerExecution?> FindLastAsync(ContainerJobRequest request, CancellationToken cancellation) =>
        (await FindAllAsync(request, cancellation)).LastOrDefault();

    /// <summary>How long the machines of all attempts have worked, and which they were: an execution that was interrupted is paid for
    /// like the one that took its place.</summary>
    /// <returns>Null: none has begun.</returns>
    /// <exception cref="FlowException">Ambiguous, as <see cref="FindLastAsync"/>.</exception>
    public async Task<(string Machine, TimeSpan Time)?> WorkedAsync(ContainerJobRequest request, CancellationToken cancellation)
    {
        ContainerExecution[] begun = [.. (await FindAllAsync(request, cancellation)).Where(execution => execution.StartedAt is not null)];
        return begun.Length == 0
            ? null
            : (begun[^1].Machine, begun.Aggregate(TimeSpan.Zero, (sum, execution) => sum + ((execution.EndedAt ?? time.GetUtcNow()) - execution.StartedAt!.Value)));
    }

    /// <summary>The executions of all attempts, in their order.</summary>
    private async Task<List<ContainerExecution>> FindAllAsync(ContainerJobRequest request, CancellationToken cancellation)
    {
        List<ContainerExecution> all = [];
        for (int attempt = 1; ; attempt++)
        {
            ContainerJobRequest asked = request with { Attempt = attempt };
            DateTimeOffset before = time.GetUtcNow();
            SpendRecord<StartedContainer>? record = await RecordAsync(asked, cancellation);
            if (record is null && attempt > 1)
            {
                return all;
            }

            ContainerExecution? execution = record?.Result is { } started
                ? await jobs.GetAsync(asked, started.ExecutionId, cancellation)
                : await jobs.FindAsync(asked, cancellation);
            if (execution is null && record is { Result: null } && GraceOf(asked).Left(record.State, record.At, before) is { } left && left > TimeSpan.Zero)
            {
                throw new FlowException(new Failure(
                    FailureKind.Ambiguous,
                    "The answer to the start of a container was lost; its execution may still come to light",
                    "It is looked for again shortly",
                    RetryAfter: left));
            }

            if (execution is not null)
            {
                all.Add(execution);
            }
        }
    }

    private async Task<SpendRecord<StartedContainer>?> RecordAsync(ContainerJobRequest request, CancellationToken cancellation) =>
        (await store.FindJsonAsync<SpendRecord<StartedContainer>>(request.StartRecord, cancellation))?.Value;

    /// <summary>An execution that has just been started may not be shown yet; one that is not shown later is gone.</summary>
    private bool IsForgotten(ContainerJobRequest request, SpendRecord<StartedContainer> record) =>
        record.At + GraceOf(request).OnTheWay + GraceOf(request).Arrival < time.GetUtcNow();

    private SpendGrace GraceOf(ContainerJobRequest request) => SpendGrace.OfContainer(jobs.FactsOf(request));
}
