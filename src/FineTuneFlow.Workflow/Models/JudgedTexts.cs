using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The texts by which a project's versions were judged: no correction changes their labels.</summary>
public sealed class JudgedTexts(IBlobStore store, Champions champions)
{
    /// <summary>Ids as <see cref="Models.Lineage.TextOf"/> gives them.</summary>
    public async Task<IReadOnlySet<string>> OfAsync(string project, CancellationToken cancellation)
    {
        var judged = new HashSet<string>(StringComparer.Ordinal);
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        foreach (string runId in record.Versions.Select(version => version.RunId).Distinct())
        {
            judged.UnionWith((await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, Split.Test), cancellation)).Select(row => Models.Lineage.TextOf(row.Id)));
        }

        return judged;
    }
}
