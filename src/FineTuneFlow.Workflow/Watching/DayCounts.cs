namespace FineTuneFlow.Workflow.Watching;

/// <summary><c>models/{project}/watch/{day}.json</c>: what a project was asked on a day (UTC), by version; "challenger" for what is no
/// version yet.</summary>
public sealed class DayCounts
{
    public DateOnly Day { get; set; }

    public SortedDictionary<string, VersionCounts> Versions { get; set; } = new(StringComparer.Ordinal);

    public VersionCounts Of(string version)
    {
        if (!Versions.TryGetValue(version, out VersionCounts? counts))
        {
            Versions[version] = counts = new VersionCounts();
        }

        return counts;
    }

    public void Add(DayCounts other)
    {
        foreach ((string version, VersionCounts counts) in other.Versions)
        {
            Of(version).Add(counts);
        }
    }
}
