using Azure.Storage.Blobs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Functions.Durable;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Functions.Triggers;

/// <summary>A CSV that was dropped starts its project's run. Event Grid delivers at least once and in any order; the run's id
/// follows from the content, so a second delivery finds the run that the first one started.</summary>
public sealed class DropFunctions(DropIntake intake, CurrentDurableClient durable, ILogger<DropFunctions> logger)
{
    [Function(nameof(OnDrop))]
    public async Task OnDrop(
        [BlobTrigger("drops/{project}/{name}", Source = BlobTriggerSource.EventGrid, Connection = "Datasets")] BlobClient blob,
        string project,
        string name,
        [DurableClient] DurableTaskClient client,
        CancellationToken cancellation)
    {
        durable.Use(client);
        try
        {
            StartedRun run = await intake.TakeAsync(BlobPath.Of(RunPaths.Drops, $"{project}/{name}"), cancellation);
            logger.LogInformation("Drop {Drop} of {Project} is run {RunId} (new: {New})", blob.Name, project, run.RunId, run.Created);
        }
        catch (FlowException exception) when (!DropIntake.MayPass(exception.Failure))
        {
            // Delivered again it would fail again. The drop stays where it is, and the list of runs tells of it.
            logger.LogError("Drop {Drop} of {Project} starts no run: {Failure}", blob.Name, project, exception.Failure);
        }
    }
}
