using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Takes over what a container has written, checked, and scores it.</summary>
public sealed class CollectContainer(
    IBlobStore store, IContainerJobs jobs, ContainerStarts starts, EarlierContainers earlier, ContainerRequests requests, CandidateScores scores, RunPrices prices, TimeProvider time)
    : IActivity<ContainerStepInput, CandidateScore>
{
    public async Task<CandidateScore> RunAsync(ContainerStepInput input, CancellationToken cancellation)
    {
        ContainerJobRequest request = await requests.OfAsync(input.RunId, input.Baseline, cancellation);
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(input.RunId), cancellation);
        using var predicted = new MemoryStream(await store.ReadBytesAsync(request.OutputFile(ContainerFiles.Predictions), cancellation));
        await store.WriteLinesAsync(
            RunPaths.Predictions(input.RunId, input.Baseline, 0), ContainerOutputs.ReadPredictions(predicted, manifest.Labels), cancellation);
        using var curve = new MemoryStream(await store.ReadBytesAsync(request.OutputFile(ContainerFiles.Metrics), cancellation));
        string csv = TrainingCurveFile.Write(ContainerOutputs.ReadCurve(curve));
        await store.WriteBytesAsync(RunPaths.Curve(input.RunId, input.Baseline), Encoding.UTF8.GetBytes(csv), cancellation: cancellation);

        AdoptedContainer? adopted = input.ExecutionId is null ? await earlier.FindAdoptedAsync(input.RunId, input.Baseline, cancellation) : null;
        CandidateCost cost = adopted?.Cost ?? await PaidAsync(request, input.ExecutionId!, cancellation);
        await store.WriteJsonAsync(RunPaths.ContainerCost(input.RunId, input.Baseline), cost, cancellation: cancellation);
        CandidateScore score = await scores.ScoreAsync(
            input.RunId, input.Baseline, request.IsEncoder ? OutcomeKind.Encoder : OutcomeKind.ContainerBaseline, null, cancellation);
        return score with { CostUsd = cost.TotalUsd + cost.AdoptedUsd, PaidBeforeUsd = cost.AdoptedUsd, MadeBy = adopted?.RunId };
    }

    private async Task<CandidateCost> PaidAsync(ContainerJobRequest request, string executionId, CancellationToken cancellation)
    {
        ContainerExecution execution = await jobs.GetAsync(request, executionId, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"The container execution {executionId} is not there any more");
        (string machine, TimeSpan worked) = await starts.WorkedAsync(request, cancellation) ?? (execution.Machine, TimeSpan.Zero);
        if (request.IsEncoder)
        {
            await KeepRateAsync(request, execution.Machine, cancellation);
        }

        return ActualCost.OfContainer(machine, worked, prices.Book);
    }

    /// <summary>What the next quote for this machine is made from.</summary>
    private async Task KeepRateAsync(ContainerJobRequest request, string machine, CancellationToken cancellation)
    {
        var result = await store.FindJsonAsync<ContainerResult>(request.OutputFile(ContainerFiles.Result), cancellation);
        if (result?.Value is { TokensPerSecond: > 0 and var pieces, LayerParameters: > 0 and var parameters })
        {
            await store.WriteJsonAsync(RunPaths.MachineRate(machine), new MachineRate(pieces * parameters, time.GetUtcNow()), cancellation: cancellation);
        }
    }
}
