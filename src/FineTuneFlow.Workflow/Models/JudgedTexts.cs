using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The texts by which a project's versions were judged: no correction changes their labels.</summary>
public sealed class JudgedTexts(Champions champions, RunTexts texts)
{
    /// <summary>Ids as <see cref="Models.Lineage.TextOf"/> gives them.</summary>
    public async Task<IReadOnlySet<string>> OfAsync(string project, CancellationToken cancellation)
    {
        var judged = new HashSet<string>(StringComparer.Ordinal);
        ChampionRecord record = await champions.ReadAsync(project, cancellation);
        foreach (string runId in record.Versions.Select(version => version.RunId).Distinct())
        {
            judged.UnionWith(await texts.OfAsync(runId, Split.Test, cancellation));
        }

        return judged;
    }
}
