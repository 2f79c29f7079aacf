using System.Globalization;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>Every recorded step of a run and of its sub-orchestrations, with its time.</summary>
public sealed class GetRunHistory(RunReader runs, IDurableClient engine, HistoryVersions versions) : IApiHandler
{
    // A run has a few sub-orchestrations a candidate; more than this is not a run of ours.
    private const int MaxInstances = 2000;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        string question = $"{request.Route("id")}{request.QueryString}";
        if (await versions.IsUnchangedAsync(question, request.Headers.IfNoneMatch.ToString(), cancellation))
        {
            return ApiAnswer.Unchanged(request);
        }

        string runId = (await runs.GetAsync(request.Route("id"), cancellation)).RunId;
        var read = new List<(string Instance, DateTimeOffset? UpdatedAt)>();
        bool onlyFailed = request.QueryFlag("failed");
        int? top = request.QueryInt("top", 1, 10_000);
        int from = request.QueryInt("continuation", 0, int.MaxValue) ?? 0;
        var steps = new List<TimelineStep>();
        var open = new Queue<string>([runId]);
        var seen = new HashSet<string>(StringComparer.Ordinal) { runId };
        while (open.TryDequeue(out string? instance))
        {
            InstanceState? state = await engine.GetAsync(instance, cancellation);
            read.Add((instance, state?.UpdatedAt));
            if (state is null)
            {
                // Purged, or not begun yet.
                continue;
            }

            var asked = new Dictionary<int, DateTimeOffset>();
            foreach (HistoryEntry entry in await engine.GetHistoryAsync(instance, cancellation))
            {
                TimeSpan? took = null;
                if (entry.Kind is HistoryKind.ActivityScheduled or HistoryKind.ChildScheduled && entry.StepId is { } begun)
                {
                    asked[begun] = entry.At;
                }
                else if (entry.StepId is { } ended && asked.TryGetValue(ended, out DateTimeOffset at)
                    && entry.Kind is HistoryKind.ActivityCompleted or HistoryKind.ActivityFailed or HistoryKind.ChildCompleted or HistoryKind.ChildFailed)
                {
                    took = entry.At - at;
                }

                if (entry.ChildId is { } child && seen.Count < MaxInstances && seen.Add(child))
                {
                    open.Enqueue(child);
                }

                steps.Add(new TimelineStep(instance, entry, took));
            }
        }

        TimelineStep[] wanted = [.. steps.Where(step => !onlyFailed || step.Event.Failure is not null).OrderBy(step => step.Event.At)];
        int next = Math.Min(wanted.Length, from + (top ?? wanted.Length));
        IResult answer = ApiAnswer.Versioned(request, new RunHistory(
            runId, wanted[Math.Min(from, wanted.Length)..next], wanted.Length, next < wanted.Length ? next.ToString(CultureInfo.InvariantCulture) : null));
        versions.Keep(question, request.HttpContext.Response.Headers.ETag.ToString(), read);
        return answer;
    }
}
