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
    /// <returns>True: the same answer would be given again.</returns>
    public async Task<bool> IsUnchangedAsync(string asked, string etag, CancellationToken cancellation)
    {
        if (etag.Length == 0 || !_kept.TryGetValue(asked, out Version? version) || version.ETag != etag)
        {
            return false;
        }

        foreach ((string instance, DateTimeOffset? updatedAt) in version.Instances)
        {
            if ((await engine.GetAsync(instance, cancellation))?.UpdatedAt != updatedAt)
            {
                return false;
            }
        }

        return true;
    }

    /// <param name="asked">The run and the query.</param>
    /// <param name="etag">Of the answer.</param>
    /// <param name="read">The instances that it was made from, with the time of their last change; null: it was not there. A child may
    /// begin a while after its parent has asked for it, and the parent does not change with it.</param>
    public void Keep(string asked, string etag, IEnumerable<(string Instance, DateTimeOffset? UpdatedAt)> read)
    {
        if (_kept.Count >= MostKept)
        {
            _kept.Clear();
        }

        _kept[asked] = new Version(etag, [.. read]);
    }

    private sealed record Version(string ETag, (string Instance, DateTimeOffset? UpdatedAt)[] Instances);
}
