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
    IBlobStore store, IContainerJobs jobs, ContainerStarts starts, ContainerRequests requests, CandidateScores scores, RunPrices prices, TimeProvider time)
    : IActivity<ContainerStepInput, CandidateScore>
{
    public async Task<CandidateScore> RunAsync(ContainerStepInput input, CancellationToken cancellation)
    {
        ContainerJobRequest request = await requests.OfAsync(input.RunId, input.Baseline, cancellation);
        ContainerExecution execution = await jobs.GetAsync(request, input.ExecutionId!, cancellation)
            ?? throw new FlowException(FailureKind.NotFound, $"The container execution {input.ExecutionId} is not there any more");
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(input.RunId), cancellation);
        using var predicted = new MemoryStream(await store.ReadBytesAsync(request.OutputFile(ContainerFiles.Predictions), cancellation));
        await store.WriteLinesAsync(
            RunPaths.Predictions(input.RunId, input.Baseline, 0), ContainerOutputs.ReadPredictions(predicted, manifest.Labels), cancellation);
        using var curve = new MemoryStream(await store.ReadBytesAsync(request.OutputFile(ContainerFiles.Metrics), cancellation));
        string csv = TrainingCurveFile.Write(ContainerOutputs.ReadCurve(curve));
        await store.WriteBytesAsync(RunPaths.Curve(input.RunId, input.Baseline), Encoding.UTF8.GetBytes(csv), cancellation: cancellation);

        (string machine, TimeSpan worked) = await starts.WorkedAsync(request, cancellation) ?? (execution.Machine, TimeSpan.Zero);
        CandidateCost cost = ActualCost.OfContainer(machine, worked, prices.Book);
        await store.WriteJsonAsync(RunPaths.ContainerCost(input.RunId, input.Baseline), cost, cancellation: cancellation);
        if (request.IsEncoder)
        {
            await KeepRateAsync(request, execution.Machine, cancellation);
        }

        CandidateScore score = await scores.ScoreAsync(
            input.RunId, input.Baseline, request.IsEncoder ? OutcomeKind.Encoder : OutcomeKind.ContainerBaseline, null, cancellation);
        return score with { CostUsd = cost.TotalUsd };
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
