using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>What has become of what people said: whether the version in use was trained on it.</summary>
public sealed class FeedbackUse(IBlobStore store, Champions champions, Lineage lineage)
{
    public async Task<ImmutableArray<KeptFeedback>> TellAsync(string project, ImmutableArray<KeptFeedback> said, CancellationToken cancellation)
    {
        if (said.IsEmpty || (await champions.ReadAsync(project, cancellation)).Current is not { } champion)
        {
            return said;
        }

        HashSet<string> seen = await lineage.SeenAsync(champion.Origin, [Split.Train, Split.Validation], cancellation);
        // A label that was said after the run's data were gathered is not in it, even where the text was.
        DateTimeOffset gathered = (await store.FindJsonAsync<RunRecord>(RunPaths.Record(champion.RunId), cancellation))?.Value.StartedAt ?? champion.PromotedAt;
        return [.. said.Select(one => !one.Judges && one.Feedback.At <= gathered && seen.Contains(TextId.Of(one.Feedback.Text)) ? one with { TrainedBy = champion.Version } : one)];
    }
}
