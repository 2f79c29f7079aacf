using System.Runtime.CompilerServices;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>How a model came to be: the run that made it, the run of the champion that it was continued from, and so on.</summary>
public sealed class Lineage(IBlobStore store, RunTexts texts)
{
    /// <summary>The runs, newest first; the last one trained from a base model.</summary>
    public async IAsyncEnumerable<string> RunsAsync(ModelOrigin origin, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var visited = new HashSet<string>(StringComparer.Ordinal);
        for (ModelOrigin? next = origin; next is not null && visited.Add(next.RunId);)
        {
            yield return next.RunId;
            RunPlan? plan = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(next.RunId), cancellation))?.Value;
            PlannedCandidate? candidate = plan?.Candidate(next.Candidate);
            while (candidate?.ContinueFrom is { } continued)
            {
                candidate = plan!.Candidate(continued);
            }

            next = candidate?.Origin;
        }
    }

    /// <summary>The texts that the model was given in these splits, by <see cref="TextOf"/>.</summary>
    public async Task<HashSet<string>> SeenAsync(ModelOrigin origin, IReadOnlyList<Split> splits, CancellationToken cancellation)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        await foreach (string runId in RunsAsync(origin, cancellation))
        {
            foreach (Split split in splits)
            {
                seen.UnionWith(await texts.OfAsync(runId, split, cancellation));
            }
        }

        return seen;
    }

    /// <summary>A row's id without the number that tells rows of one text and several labels apart.</summary>
    public static string TextOf(string rowId) => rowId.IndexOf('-', StringComparison.Ordinal) is >= 0 and var dash ? rowId[..dash] : rowId;
}
