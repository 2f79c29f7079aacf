using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>The training rows that a continued champion has not seen, in the candidate's form. What it has seen are the training
/// rows of the run that made it, and of the champions that it was continued from.</summary>
public sealed class SelectNewRows(IBlobStore store, Lineage lineage) : IActivity<SelectNewRowsInput, DatasetFile>
{
    /// <summary>Fewer than this no service trains on.</summary>
    private const int FewestRows = 10;

    public async Task<DatasetFile> RunAsync(SelectNewRowsInput input, CancellationToken cancellation)
    {
        HashSet<string> seen = await lineage.SeenAsync(input.Candidate.Origin!, [Split.Train], cancellation);
        // Both files hold the same rows in the same order: one says which row it is, the other how it is trained on.
        List<DatasetRow> rows = await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(input.RunId, Split.Train), cancellation);
        using var chosen = new MemoryStream();
        int count = 0;
        await using (BlobRead all = await store.OpenExistingUnpackedAsync(BlobPath.Parse(input.All.Blob.Path), cancellation))
        using (var lines = new StreamReader(all.Content))
        await using (var writer = new StreamWriter(chosen, leaveOpen: true) { NewLine = "\n" })
        {
            foreach (DatasetRow row in rows)
            {
                string line = await lines.ReadLineAsync(cancellation)
                    ?? throw new FlowException(FailureKind.Internal, $"{input.All.Blob.Path} has fewer rows than the training split");
                if (!seen.Contains(Lineage.TextOf(row.Id)))
                {
                    await writer.WriteLineAsync(line);
                    count++;
                }
            }
        }

        if (count < FewestRows)
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"{input.Candidate.Name} trains on new rows only, and the champion has not seen {count} of {rows.Count}; a job needs at least {FewestRows}",
                "Drop more data first, or set data to all",
                Field: $"candidates.{input.Candidate.Name}.data"));
        }

        chosen.Position = 0;
        BlobWritten written = await store.WriteAsync(RunPaths.NewRows(input.RunId, input.Candidate.Name), chosen, default, cancellation);
        return new DatasetFile(input.All.Form, Split.Train, written.Ref);
    }
}

/// <param name="Candidate">A continuation of the champion, which <see cref="PlannedCandidate.Origin"/> names.</param>
/// <param name="All">All training rows in its form.</param>
public sealed record SelectNewRowsInput(string RunId, PlannedCandidate Candidate, DatasetFile All);
