using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Watching;

/// <summary>Counts what champions are asked, by project, day and version. Counts are _gathered in memory and added to the store every few
/// seconds, so that an answer does not wait for them; a process that is killed loses those seconds' counts and nothing else.</summary>
public sealed class WatchLog(IBlobStore store, VersionReferences references, TimeProvider time, FlowTelemetry telemetry) : IDisposable
{
    private const int MostDays = 400;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _flushing = new(1);
    private Dictionary<(string Project, DateOnly Day), DayCounts> _gathered = [];

    public async Task AnsweredAsync(
        string project, ChampionVersion version, IReadOnlyList<string> texts, IReadOnlyList<ServedAnswer> answers, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        (_, Vocabulary? words) = await references.OfAsync(version);
        double?[] unknown = [.. texts.Select(text => words?.UnknownShare(text))];
        lock (_gate)
        {
            VersionCounts counts = Counts(project, version);
            for (int i = 0; i < texts.Count; i++)
            {
                counts.Add(texts[i].Length, unknown[i], answers[i].Answer, answers[i].CostUsd ?? 0);
            }
        }

        telemetry.Predicted(project, version.Version, answers);
    }

    public void Failed(string project, ChampionVersion version, int texts)
    {
        lock (_gate)
        {
            VersionCounts counts = Counts(project, version);
            counts.Texts += texts;
            counts.Errors += texts;
        }
    }

    public void Shadowed(string project, ChampionVersion shadow, IReadOnlyList<ServedAnswer> answered, IReadOnlyList<ServedAnswer> beside)
    {
        lock (_gate)
        {
            VersionCounts counts = Counts(project, shadow);
            counts.Shadowed += beside.Count;
            counts.CostUsd += beside.Sum(answer => answer.CostUsd ?? 0);
            counts.Agreed += answered.Zip(beside).Count(pair => pair.First.Answer.Label == pair.Second.Answer.Label);
        }
    }

    /// <summary>Adds what was _gathered to the store.</summary>
    public async Task FlushAsync(CancellationToken cancellation)
    {
        await _flushing.WaitAsync(cancellation);
        try
        {
            Dictionary<(string Project, DateOnly Day), DayCounts> taken;
            lock (_gate)
            {
                (taken, _gathered) = (_gathered, []);
            }

            foreach (((string project, DateOnly day), DayCounts counts) in taken)
            {
                try
                {
                    await AddAsync(project, day, counts, cancellation);
                }
                catch
                {
                    lock (_gate)
                    {
                        // What could not be written is tried again with what comes next.
                        DayOf(project, day).Add(counts);
                    }

                    throw;
                }
            }
        }
        finally
        {
            _flushing.Release();
        }
    }

    /// <summary>A project's days from the given one on, oldest first, with what is not written yet.</summary>
    public async Task<IReadOnlyList<DayCounts>> ReadAsync(string project, DateOnly from, CancellationToken cancellation)
    {
        await FlushAsync(cancellation);
        var days = new List<DayCounts>();
        DateOnly today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        for (DateOnly day = from; day <= today && days.Count < MostDays; day = day.AddDays(1))
        {
            if (await store.FindJsonAsync<DayCounts>(RunPaths.Watch(project, day), cancellation) is { } known)
            {
                days.Add(known.Value);
            }
        }

        return days;
    }

    public void Dispose() => _flushing.Dispose();

    public static string KeyOf(ChampionVersion version) =>
        version.Version == 0 ? "challenger" : version.Version.ToString(CultureInfo.InvariantCulture);

    private VersionCounts Counts(string project, ChampionVersion version) =>
        DayOf(project, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime)).Of(KeyOf(version));

    private DayCounts DayOf(string project, DateOnly day)
    {
        if (!_gathered.TryGetValue((project, day), out DayCounts? counts))
        {
            _gathered[(project, day)] = counts = new DayCounts { Day = day };
        }

        return counts;
    }

    private async Task AddAsync(string project, DateOnly day, DayCounts counts, CancellationToken cancellation)
    {
        BlobPath path = RunPaths.Watch(project, day);
        while (true)
        {
            (DayCounts Value, string ETag)? known = await store.FindJsonAsync<DayCounts>(path, cancellation);
            DayCounts sum = known?.Value ?? new DayCounts { Day = day };
            sum.Add(counts);
            try
            {
                await store.WriteJsonAsync(path, sum, known is { } read ? WriteCondition.Matches(read.ETag) : WriteCondition.Absent, cancellation);
                return;
            }
            catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
            {
                // Another host has added its counts meanwhile: add to those.
            }
        }
    }
}
