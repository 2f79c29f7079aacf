using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Containers;

/// <summary>What a container baseline is asked to do, worked out anew at every step from the run's own files.</summary>
public sealed class ContainerRequests(IBlobStore store)
{
    public async Task<ContainerJobRequest> OfAsync(string runId, string baseline, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        BaselineRecipe asked = recipe.Baselines.First(b => b.Name == baseline);
        var plan = asked.ContinueFrom is null ? null : await store.FindJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation);
        return new ContainerJobRequest
        {
            RunId = runId,
            Baseline = baseline,
            Model = asked.Model ?? plan?.Value.Baseline(baseline)?.ContinuedModel ?? PlannedCandidate.ChampionName,
            Epochs = asked.EpochsToTrain,
            IsEncoder = asked.Kind == BaselineKind.Encoder,
            Encoder = EncoderSettings.Of(asked),
            ContinueFrom = plan?.Value.Baseline(baseline)?.ContinueFolder is { } folder ? BlobPath.Parse(folder) : null,
            Image = asked.Image,
            Seed = recipe.Dataset.Split.Seed,
            Train = RunPaths.Rows(runId, Split.Train),
            Validation = RunPaths.Rows(runId, Split.Validation),
            Texts = RunPaths.Baseline(runId, baseline, $"in/{ContainerFiles.Texts}"),
            Labels = RunPaths.Baseline(runId, baseline, $"in/{ContainerFiles.Labels}"),
            Output = RunPaths.Baseline(runId, baseline, "out"),
        };
    }

    /// <summary>What was asked for; null while nothing was.</summary>
    public async Task<ContainerJobRequest?> FindAsync(string runId, string baseline, CancellationToken cancellation)
    {
        ContainerJobRequest request = await OfAsync(runId, baseline, cancellation);
        return await store.ExistsAsync(request.Labels, cancellation) ? request : null;
    }

    /// <summary>Writes the inputs that the data set does not have as they are: the judged texts without labels, and the labels.</summary>
    public async Task WriteInputsAsync(ContainerJobRequest request, CancellationToken cancellation)
    {
        EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(request.RunId), cancellation);
        Manifest manifest = await store.ReadJsonAsync<Manifest>(RunPaths.Manifest(request.RunId), cancellation);
        using var texts = new MemoryStream();
        ContainerTexts.Write(texts, await JudgedRows.ReadAsync(store, BlobPath.Parse(plan.Source), cancellation));
        await store.WriteBytesAsync(request.Texts, texts.ToArray(), cancellation: cancellation);
        await store.WriteBytesAsync(request.Labels, JsonSerializer.SerializeToUtf8Bytes(manifest.Labels.Names, FlowJson.Compact), cancellation: cancellation);
    }
}

/// <param name="Baseline">Its name in the recipe.</param>
/// <param name="ExecutionId">Null while there is none.</param>
public sealed record ContainerStepInput(string RunId, string Baseline, string? ExecutionId);

/// <param name="ExecutionId">Of the container job; null: what an earlier run's container has made was taken over.</param>
/// <param name="State">For a person.</param>
/// <param name="Step">Optimiser steps done.</param>
/// <param name="TotalSteps">Of how many.</param>
/// <param name="Succeeded">Its outputs are there.</param>
/// <param name="Failure">It ended without them.</param>
public sealed record ContainerStep(string? ExecutionId, string State, int? Step, int? TotalSteps, bool Succeeded, Core.Failures.Failure? Failure);
