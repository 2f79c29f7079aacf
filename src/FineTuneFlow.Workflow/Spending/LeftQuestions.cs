using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>A step that was delivered twice may still be asking when the run ends. Its answers are paid for, so the run's cost is not
/// added up before they are stored.</summary>
public sealed class LeftQuestions(IBlobStore store, IProviders providers, TimeProvider time)
{
    private const string Intent = ".intent.json";

    /// <exception cref="FlowException">Ambiguous: a chunk is being asked; call again after the time that the failure names.</exception>
    public async Task ThrowIfAskedAsync(string runId, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation) is not { Value: var plan })
        {
            return;
        }

        foreach (PlannedCandidate candidate in plan.Candidates.Where(c => providers.All.Any(p => p.Name == c.Provider)))
        {
            SpendGrace grace = SpendGrace.OfQuestions(providers.Get(candidate.Provider).Facts);
            foreach (string prefix in (string[])[RunPaths.AnswersPrefix(runId, candidate.Name), RunPaths.CheckpointAnswersPrefix(runId, candidate.Name)])
            {
                await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix, cancellation))
                {
                    if (entry.Path.Name.EndsWith(Intent, StringComparison.Ordinal)
                        && await store.FindJsonAsync<SpendRecord<Held>>(entry.Path, cancellation) is { Value: var asking }
                        && grace.Left(asking.State, asking.At, time.GetUtcNow()) is { } left && left > TimeSpan.Zero)
                    {
                        throw new FlowException(new Failure(
                            FailureKind.Ambiguous,
                            $"{candidate.Name} is still being asked by a second delivery of a step; its answers are paid for",
                            "It is looked at again shortly",
                            RetryAfter: left));
                    }
                }
            }
        }
    }
}
