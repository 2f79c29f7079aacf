using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Runs;

/// <summary>What stands beside the recorded steps of a run and explains them: when the host began anew meanwhile, and what was found
/// at a service and taken over instead of being made again.</summary>
public sealed class GetRunMarks(RunReader runs, HostStarts starts, IBlobStore blobs) : IApiHandler
{
    /// <summary>A record of spending is a few hundred bytes; beside it lie the files of trainers.</summary>
    private const int MostBytes = 16 * 1024;

    public async Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(request.Route("id"), cancellation);
        var adopted = new List<AdoptedThing>();
        foreach ((AdoptedKind kind, string prefix) in Places(run.RunId))
        {
            await foreach (BlobEntry entry in blobs.ListAsync(RunPaths.Runs, prefix, cancellation))
            {
                if (entry.Bytes <= MostBytes && entry.Path.Name.EndsWith(".json", StringComparison.Ordinal) && await AdoptedAsync(kind, entry, cancellation) is { } thing)
                {
                    adopted.Add(thing);
                }
            }
        }

        return ApiAnswer.Versioned(request, new RunMarks(
            run.RunId,
            [.. (await starts.ListAsync(cancellation)).Where(at => at > run.StartedAt && (run.EndedAt is null || at < run.EndedAt))],
            [.. adopted.OrderBy(one => one.At)]));
    }

    private static IEnumerable<(AdoptedKind Kind, string Prefix)> Places(string runId) =>
    [
        (AdoptedKind.Job, RunPaths.JobsPrefix(runId)),
        (AdoptedKind.File, RunPaths.UploadsPrefix(runId)),
        (AdoptedKind.Batch, RunPaths.BatchesPrefix(runId)),
        (AdoptedKind.Container, RunPaths.BaselinesPrefix(runId)),
    ];

    private async Task<AdoptedThing?> AdoptedAsync(AdoptedKind kind, BlobEntry entry, CancellationToken cancellation)
    {
        SpendRecord<JsonObject>? record;
        try
        {
            record = (await blobs.FindJsonAsync<SpendRecord<JsonObject>>(entry.Path, cancellation))?.Value;
        }
        catch (JsonException)
        {
            // Another kind of file lies beside the records.
            return null;
        }

        return record is { State: SpendState.Adopted, Result: { } result }
            ? new AdoptedThing(kind, entry.Path.Name.Split('/')[^1].Split('.')[0], IdIn(result), record.At)
            : null;
    }

    private static string? IdIn(JsonObject result) => result
        .Where(member => member.Key.EndsWith("id", StringComparison.OrdinalIgnoreCase))
        .Select(member => member.Value?.ToString())
        .FirstOrDefault(id => !string.IsNullOrEmpty(id));
}

/// <param name="Restarts">When a process of the host began while the run was going on.</param>
/// <param name="Adopted">What was found and taken over.</param>
internal sealed record RunMarks(string RunId, ImmutableArray<DateTimeOffset> Restarts, ImmutableArray<AdoptedThing> Adopted);

/// <param name="Name">Whose: a candidate, or a file.</param>
/// <param name="Id">At the service.</param>
/// <param name="At">When it was taken over.</param>
internal sealed record AdoptedThing(AdoptedKind Kind, string Name, string? Id, DateTimeOffset At);

internal enum AdoptedKind { Job, File, Batch, Container }
