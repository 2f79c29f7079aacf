using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Recognises a corrected <c>suspects.csv</c> among the drops: it is a person's word on single rows, and no data set of its own.</summary>
public sealed class SuspectsIntake(IBlobStore store, FeedbackStore feedback, JudgedTexts judged, ProjectLabels labels, ProjectRecipes recipes)
{
    // The header and some rows, by which the reader recognises how the file is written.
    private const int StartBytes = 64 * 1024;

    /// <summary>Null: the drop is no file of suspects.</summary>
    /// <exception cref="FlowException">It is one, and says labels that the project does not have.</exception>
    public async Task<StartedRun?> TryTakeAsync(string project, BlobPath drop, CancellationToken cancellation)
    {
        if (!await LooksLikeOne(drop, cancellation))
        {
            return null;
        }

        string file = Path.GetTempFileName();
        try
        {
            await using (BlobRead read = await store.OpenExistingAsync(drop, cancellation))
            await using (FileStream copy = File.Create(file))
            {
                await read.Content.CopyToAsync(copy, cancellation);
            }

            Recipe recipe = await recipes.ReadAsync(project, cancellation);
            if (SuspectsCsv.Corrections(drop.ToString(), () => File.OpenRead(file), recipe.Dataset) is not { Count: > 0 } found)
            {
                return null;
            }

            var known = await labels.OfAsync(project, cancellation);
            foreach ((string id, string label) in found)
            {
                try
                {
                    ProjectLabels.Check(known, label);
                }
                catch (FlowException wrong)
                {
                    throw new FlowException(wrong.Failure with { Message = $"row {id}: {wrong.Failure.Message}" });
                }
            }

            await feedback.CorrectAsync(project, drop, found, cancellation);
            IReadOnlySet<string> judges = await judged.OfAsync(project, cancellation);
            int stay = found.Keys.Count(id => judges.Contains(Models.Lineage.TextOf(id)));
            string note = $"kept as corrections of {Formatting.Counted(found.Count, "row")}; used at the next retrain"
                + (stay > 0 ? $", but for {stay:N0} that {(stay == 1 ? "judges" : "judge")} the project's versions and {(stay == 1 ? "keeps its label" : "keep their labels")}" : "");
            return new StartedRun("", false, note);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private async Task<bool> LooksLikeOne(BlobPath drop, CancellationToken cancellation)
    {
        await using BlobRead? read = await store.OpenAsync(drop, cancellation);
        if (read is null)
        {
            return false;
        }

        byte[] start = new byte[StartBytes];
        int length = await read.Content.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, cancellation);
        return SuspectsCsv.Starts(drop.ToString(), start.AsMemory(0, length));
    }
}
