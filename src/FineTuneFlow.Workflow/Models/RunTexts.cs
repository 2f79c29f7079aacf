using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The texts of a run's splits, by <see cref="Lineage.TextOf"/>. What a run has written does not change, and is asked for with
/// every look at a champion and every list of feedback: the sets that were asked for last stay in memory, up to a number of texts; a set
/// that is larger by itself is read each time.</summary>
/// <param name="store">Where runs are kept.</param>
/// <param name="mostTexts">So many stay, of all runs together.</param>
public sealed class RunTexts(IBlobStore store, int mostTexts = RunTexts.MostTexts)
{
    private const int MostTexts = 500_000;

    private readonly Lock _gate = new();
    // The one that was asked for last stands last.
    private readonly OrderedDictionary<(string RunId, Split Split), IReadOnlySet<string>> _known = [];

    /// <summary>Empty where the run is gone or has no such split.</summary>
    public async Task<IReadOnlySet<string>> OfAsync(string runId, Split split, CancellationToken cancellation)
    {
        lock (_gate)
        {
            if (_known.Remove((runId, split), out IReadOnlySet<string>? known))
            {
                _known.Add((runId, split), known);
                return known;
            }
        }

        HashSet<string> texts = new(StringComparer.Ordinal);
        texts.UnionWith((await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, split), cancellation)).Select(row => Lineage.TextOf(row.Id)));
        if (texts.Count > 0 && texts.Count <= mostTexts)
        {
            Keep((runId, split), texts);
        }

        return texts;
    }

    private void Keep((string RunId, Split Split) key, HashSet<string> texts)
    {
        lock (_gate)
        {
            _known[key] = texts;
            while (_known.Values.Sum(one => one.Count) > mostTexts)
            {
                _known.RemoveAt(0);
            }
        }
    }
}
