using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Takes a file that appeared in the drops container. Nobody waits there for an answer: a drop that starts no run is
/// noted beside the runs, so that whoever lists them learns of it.</summary>
public sealed class DropIntake(RunStarter starter, RefusedDrops refused, SuspectsIntake suspects)
{
    /// <summary>Starts the drop's run with its project's recipe, or finds the one that runs already. A corrected file of suspects starts
    /// none: it is kept as corrections.</summary>
    /// <exception cref="FlowException">It starts no run. It is noted, unless a later delivery can do better by itself.</exception>
    public async Task<StartedRun> TakeAsync(BlobPath drop, CancellationToken cancellation)
    {
        try
        {
            string project = ProjectOf(drop);
            StartedRun run = await suspects.TryTakeAsync(project, drop, cancellation)
                ?? await starter.StartAsync(project, drop, recipe: null, "drop", cancellation);
            await refused.ForgetAsync(drop, cancellation);
            return run;
        }
        catch (FlowException exception) when (MayPass(exception.Failure))
        {
            throw;
        }
        catch (FlowException exception)
        {
            await refused.NoteAsync(drop, exception.Failure, cancellation);
            throw;
        }
    }

    /// <summary>Whether the same drop may be taken the next time, without a person changing anything.</summary>
    public static bool MayPass(Failure failure) => failure.IsRetryable || failure.Kind == FailureKind.DropChanged;

    private static string ProjectOf(BlobPath drop) => drop.Name.Split('/', 2) is [var project, _] && ProjectName.IsValid(project)
        ? project
        : throw new FlowException(
            FailureKind.InvalidInput,
            "it lies under no project's name",
            "Drop files as drops/{project}/{name}.csv, the project in lower-case letters, digits and dashes");
}
