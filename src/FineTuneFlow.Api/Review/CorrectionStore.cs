using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Api.Review;

/// <summary>Keeps corrections of a run's rows. Those of rows that were trained on become the project's feedback, by which the next
/// retrain takes their labels; those of the holdout do not, for what judges is changed by no single click.</summary>
public sealed class CorrectionStore(RunReader runs, IBlobStore blobs, FeedbackStore feedback, TimeProvider time)
{
    /// <summary>Takes a correction; a later one of the same row stands in its place, and keeps the label that the row began with.</summary>
    /// <exception cref="FlowException">NotFound: the run or the row; InvalidInput: the label is none of the run's.</exception>
    public async Task<Correction> AddAsync(string id, CorrectionRequest asked, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(id, cancellation);
        Manifest manifest = (await blobs.FindJsonAsync<Manifest>(RunPaths.Manifest(run.RunId), cancellation))?.Value
            ?? throw new FlowException(FailureKind.NotFound, $"{run.RunId} has no data set yet: it is {run.Stage}", "Rows can be corrected once they are prepared.");
        if (manifest.Labels.IndexOf(asked.Label) < 0)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput, $"{run.RunId} has no label \"{asked.Label}\"", $"One of {string.Join(", ", manifest.Labels.Names)}.", Field: "label"));
        }

        (DatasetRow row, Split split) = await FindAsync(run.RunId, asked.Row, cancellation);
        var correction = new Correction(row.Id, split, asked.Label, row.Label, asked.By, time.GetUtcNow(), asked.Comment, Joins: split != Split.Test);
        if (correction.Joins)
        {
            await WithdrawAsync(run, row, cancellation);
            await feedback.AddAsync(run.Project, manifest.Labels.Names, new Feedback(row.Text, correction.Label) { By = asked.By }, cancellation);
        }

        await blobs.WriteJsonAsync(RunPaths.Correction(run.RunId, row.Id), correction, cancellation: cancellation);
        return correction;
    }

    /// <summary>Takes a correction back.</summary>
    /// <exception cref="FlowException">NotFound: there is none.</exception>
    public async Task RemoveAsync(string id, string rowId, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(id, cancellation);
        (DatasetRow row, _) = await FindAsync(run.RunId, rowId, cancellation);
        await WithdrawAsync(run, row, cancellation);
        if (!await blobs.DeleteAsync(RunPaths.Correction(run.RunId, row.Id), cancellation))
        {
            throw new FlowException(FailureKind.NotFound, $"row {rowId} has no correction", $"GET /api/runs/{run.RunId}/corrections lists those there are.");
        }
    }

    /// <summary>All of a run.</summary>
    public async Task<CorrectionList> ListAsync(string id, CancellationToken cancellation)
    {
        RunView run = await runs.GetAsync(id, cancellation);
        var all = ImmutableArray.CreateBuilder<Correction>();
        await foreach (BlobEntry entry in blobs.ListAsync(RunPaths.Runs, RunPaths.CorrectionsPrefix(run.RunId), cancellation))
        {
            all.Add(await blobs.ReadJsonAsync<Correction>(entry.Path, cancellation));
        }

        return new CorrectionList(run.RunId, all.ToImmutable(), all.Count(one => one.Joins), all.Count(one => !one.Joins));
    }

    private async Task WithdrawAsync(RunView run, DatasetRow row, CancellationToken cancellation)
    {
        if ((await blobs.FindJsonAsync<Correction>(RunPaths.Correction(run.RunId, row.Id), cancellation))?.Value is { Joins: true })
        {
            await feedback.RemoveAsync(run.Project, row.Text, cancellation);
        }
    }

    private async Task<(DatasetRow Row, Split Split)> FindAsync(string runId, string rowId, CancellationToken cancellation)
    {
        foreach (Split split in Enum.GetValues<Split>())
        {
            BlobPath path = RunPaths.Rows(runId, split);
            await using BlobRead? rows = await blobs.OpenAsync(path, cancellation);
            if (rows is not null && DatasetFiles.ReadRows(rows.Content, path.Name).FirstOrDefault(row => row.Id == rowId) is { } found)
            {
                return (found, split);
            }
        }

        throw new FlowException(new Failure(FailureKind.NotFound, $"{runId} has no row {rowId}", "GET /api/runs/{id}/dataset lists its rows.", Field: "row"));
    }
}
