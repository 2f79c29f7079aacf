using System.Collections.Concurrent;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Api.Runs;

/// <summary>Remembers which state of a run's instances an answer of its history was made from, so that a page that looks again costs a
/// few rows and not every step of the run.</summary>
public sealed class HistoryVersions(IDurableClient engine)
{
    private const int MostKept = 200;
    private readonly ConcurrentDictionary<string, Version> _kept = new(StringComparer.Ordinal);

    /// <param name="asked">The run and the query.</param>
    /// <param name="etag">Of the answer that the caller has.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <returns>True: the same answer would be given again.</returns>
    public async Task<bool> IsUnchangedAsync(string asked, string etag, CancellationToken cancellation)
    {
        if (etag.Length == 0 || !_kept.TryGetValue(asked, out Version? version) || version.ETag != etag)
        {
            return false;
        }

        foreach ((string instance, DateTimeOffset updatedAt) in version.Instances)
        {
            // A child that begins meanwhile is recorded by its parent, which changes with it.
            if ((await engine.GetAsync(instance, cancellation))?.UpdatedAt != updatedAt)
            {
                return false;
            }
        }

        return true;
    }

    public void Keep(string asked, string etag, IEnumerable<InstanceState> read)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[asked] = new Version(etag, [.. read.Select(state => (state.InstanceId, state.UpdatedAt))]);
    }

    private sealed record Version(string ETag, (string Instance, DateTimeOffset UpdatedAt)[] Instances);
}
