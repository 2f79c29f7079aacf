using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>Models that containers of the runs which a rerun repeats have made: where one came of the same settings and rows, its outputs are
/// taken over and no container is started.</summary>
public sealed class EarlierContainers(IBlobStore store, EarlierRuns runs, ContainerRequests requests)
{
    /// <summary>The run whose outputs will do, the last one first; null: none, or this run has asked for a container of its own.</summary>
    public async Task<string?> FindAsync(ContainerJobRequest asked, CancellationToken cancellation)
    {
        if (await store.ExistsAsync(asked.StartRecord, cancellation))
        {
            return null;
        }

        foreach (string run in await runs.OfAsync(asked.RunId, cancellation))
        {
            Recipe recipe = await RunRecipes.ReadAsync(store, run, cancellation);
            if (recipe.Baselines.Any(baseline => baseline.Name == asked.Baseline)
                && await requests.FindAsync(run, asked.Baseline, cancellation) is { } earlier
                && await store.ExistsAsync(earlier.OutputFile(ContainerFiles.Result), cancellation)
                && Settings(earlier) == Settings(asked)
                && await SameRowsAsync(earlier, asked, cancellation))
            {
                return run;
            }
        }

        return null;
    }

    /// <summary>Copies the outputs, the result last, by which others know them to be whole. What they cost is noted behind them: without the note
    /// they do not count here, and are copied again.</summary>
    public async Task AdoptAsync(ContainerJobRequest asked, string run, CancellationToken cancellation)
    {
        ContainerJobRequest earlier = await requests.OfAsync(run, asked.Baseline, cancellation);
        string folder = $"{earlier.Output.Name}/";
        List<string> files = [];
        await foreach (BlobEntry file in store.ListAsync(earlier.Output.Container, folder, cancellation))
        {
            files.Add(file.Path.Name[folder.Length..]);
        }

        foreach (string file in files.OrderBy(name => name == ContainerFiles.Result))
        {
            await using BlobRead content = await store.OpenExistingAsync(earlier.OutputFile(file), cancellation);
            await store.WriteAsync(asked.OutputFile(file), content.Content, cancellation: cancellation);
        }

        CandidateCost cost = (await store.FindJsonAsync<CandidateCost>(RunPaths.ContainerCost(run, asked.Baseline), cancellation))?.Value ?? new CandidateCost();
        CandidateCost paid = cost with { AdoptedUsd = 0 };
        string from = (await FindAdoptedAsync(run, asked.Baseline, cancellation))?.RunId ?? run;
        await store.WriteJsonAsync(
            RunPaths.ContainerAdopted(asked.RunId, asked.Baseline), new AdoptedContainer(from, paid with { AdoptedUsd = paid.TotalUsd }), cancellation: cancellation);
    }

    /// <summary>What a run has taken over for a baseline; null: nothing.</summary>
    public async Task<AdoptedContainer?> FindAdoptedAsync(string runId, string baseline, CancellationToken cancellation) =>
        (await store.FindJsonAsync<AdoptedContainer>(RunPaths.ContainerAdopted(runId, baseline), cancellation))?.Value;

    /// <summary>All that the outputs follow from, but for the rows; what names the run itself is left out.</summary>
    private static string Settings(ContainerJobRequest request) => JsonSerializer.Serialize(
        new { request.Model, request.Epochs, request.IsEncoder, request.Encoder, ContinueFrom = request.ContinueFrom?.ToString(), request.Image, request.Seed },
        FlowJson.Compact);

    /// <summary>The rows to train on and those of the holdout; once the judged texts and the labels are written out, these as well.</summary>
    private async Task<bool> SameRowsAsync(ContainerJobRequest earlier, ContainerJobRequest asked, CancellationToken cancellation)
    {
        ImmutableArray<ManifestFile> theirs = await FilesAsync(earlier.RunId, cancellation), ours = await FilesAsync(asked.RunId, cancellation);
        foreach (Split split in Enum.GetValues<Split>())
        {
            bool same = HashOf(theirs, split) is { } hash && HashOf(ours, split) is { } own
                ? hash == own
                : await SameBytesAsync(RunPaths.Rows(earlier.RunId, split), RunPaths.Rows(asked.RunId, split), cancellation);
            if (!same)
            {
                return false;
            }
        }

        return !await store.ExistsAsync(asked.Labels, cancellation)
            || (await SameBytesAsync(earlier.Texts, asked.Texts, cancellation) && await SameBytesAsync(earlier.Labels, asked.Labels, cancellation));
    }

    private async Task<ImmutableArray<ManifestFile>> FilesAsync(string runId, CancellationToken cancellation) =>
        (await store.FindJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation))?.Value.Files ?? [];

    private static string? HashOf(ImmutableArray<ManifestFile> files, Split split) =>
        files.FirstOrDefault(file => file.Split == split && file.Form == DatasetFiles.RowsForm)?.Sha256;

    private async Task<bool> SameBytesAsync(BlobPath theirs, BlobPath ours, CancellationToken cancellation)
    {
        if (!await store.ExistsAsync(theirs, cancellation))
        {
            return false;
        }

        byte[] one = await store.ReadBytesAsync(theirs, cancellation), other = await store.ReadBytesAsync(ours, cancellation);
        return one.AsSpan().SequenceEqual(other);
    }
}

/// <param name="RunId">The run whose container made the outputs.</param>
/// <param name="Cost">What it paid.</param>
public sealed record AdoptedContainer(string RunId, CandidateCost Cost);
