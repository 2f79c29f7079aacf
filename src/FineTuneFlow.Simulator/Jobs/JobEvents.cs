using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>The events of every job, oldest first, appended to one file a job.</summary>
internal sealed class JobEvents(SimulatorOptions options, TimeProvider clock)
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(options.State, "events")).FullName;
    private readonly ConcurrentDictionary<string, List<JobEvent>> _events = new(StringComparer.Ordinal);

    public void Message(string job, string message, string level = "info") => Add(job, message, level, "message", metrics: null);

    public void Metrics(string job, EventMetrics metrics) => Add(
        job,
        $"Step {metrics.Step}/{metrics.TotalSteps}: training loss={metrics.TrainLoss:F2}"
            + (metrics.ValidLoss is { } valid ? $", validation loss={valid:F2}" : "")
            + (metrics.FullValidLoss is { } full ? $", full validation loss={full:F2}" : ""),
        "info",
        "metrics",
        metrics);

    public List<JobEvent> Of(string job)
    {
        List<JobEvent> events = Held(job);
        lock (events)
        {
            return [.. events];
        }
    }

    /// <summary>Takes back the metrics of a training that is begun again.</summary>
    public void DropMetrics(string job)
    {
        List<JobEvent> events = Held(job);
        lock (events)
        {
            events.RemoveAll(e => e.Type == "metrics");
            string temporary = PathOf(job) + ".tmp";
            File.WriteAllLines(temporary, events.Select(e => JsonSerializer.Serialize(e, FlowJson.Compact)));
            File.Move(temporary, PathOf(job), overwrite: true);
        }
    }

    private void Add(string job, string message, string level, string type, EventMetrics? metrics)
    {
        List<JobEvent> events = Held(job);
        lock (events)
        {
            var added = new JobEvent(Ids.New("ftevent-"), clock.GetUtcNow().ToUnixTimeSeconds(), level, message, type, metrics);
            File.AppendAllText(PathOf(job), JsonSerializer.Serialize(added, FlowJson.Compact) + "\n", new UTF8Encoding(false));
            events.Add(added);
        }
    }

    private List<JobEvent> Held(string job) => _events.GetOrAdd(job, _ =>
    {
        var events = new List<JobEvent>();
        if (File.Exists(PathOf(job)))
        {
            foreach (string line in File.ReadLines(PathOf(job)).Where(line => line.EndsWith('}')))
            {
                try
                {
                    events.Add(JsonSerializer.Deserialize<JobEvent>(line, FlowJson.Compact)!);
                }
                catch (JsonException)
                {
                    // Cut short by a kill: that event was never seen by anyone.
                    break;
                }
            }
        }

        return events;
    });

    private string PathOf(string job) => Path.Combine(_folder, job + ".jsonl");
}
