using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Comparison;

/// <summary>Reads a run's report for what is shown of it in parts.</summary>
public sealed class RunReports(RunReader runs, IBlobStore blobs)
{
    /// <exception cref="FlowException">NotFound: no such run, or no report yet.</exception>
    public async Task<RunReport> ReadAsync(string runId, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(runId, cancellation);
        return await FindAsync(run.RunId, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"{run.RunId} has no report: it is {run.Stage}", "Candidates are compared when all of them have been judged.");
    }

    private async Task<RunReport?> FindAsync(string runId, CancellationToken cancellation)
    {
        try
        {
            return (await blobs.FindJsonAsync<RunReport>(RunPaths.Report(runId, "json"), cancellation))?.Value;
        }
        catch (JsonException exception)
        {
            throw new FlowException(
                new Failure(FailureKind.Conflict, $"the report of {runId} was written by another version of this product", "Its HTML form can still be read; rerun makes a report of now."),
                exception);
        }
    }

    /// <summary>A judged candidate by name.</summary>
    /// <exception cref="FlowException">InvalidInput: none of that name was judged.</exception>
    public static CandidateReport Judged(RunReport report, string? name, string field) =>
        report.Candidates.FirstOrDefault(candidate => candidate.Name == name && candidate.Metrics is not null)
        ?? throw new FlowException(new Failure(
            FailureKind.InvalidInput,
            name is null ? $"{field} is missing" : $"{report.RunId} has judged no candidate {name}",
            $"One of {string.Join(", ", report.Candidates.Where(candidate => candidate.Metrics is not null).Select(candidate => candidate.Name))}.",
            Field: field));
}
