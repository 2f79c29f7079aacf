using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Models;

/// <summary>Keeps with a version what is needed to ask it, so that it answers whatever becomes of the run that made it.</summary>
public sealed class VersionFiles(IBlobStore store, Shots shots)
{
    private const string QuestionFile = "question.json";

    /// <summary>Copies a candidate's files from its run.</summary>
    /// <param name="folder">Where to, by <see cref="RunPaths.Version"/>.</param>
    /// <param name="runId">The run that made it.</param>
    /// <param name="judged">As the run's record has it.</param>
    public async Task KeepAsync(string folder, string runId, CandidateRecord judged, CancellationToken cancellation)
    {
        if (judged.Provider is not null)
        {
            ServedQuestion question = await QuestionOfRunAsync(runId, judged.Name, cancellation);
            await store.WriteJsonAsync(BlobPath.Parse($"{folder}/{QuestionFile}"), question, cancellation: cancellation);
            return;
        }

        BlobPath model = OfRun(runId, judged);
        await foreach (BlobEntry file in store.ListAsync(model.Container, model.Name, cancellation))
        {
            await using BlobRead content = await store.OpenExistingAsync(file.Path, cancellation);
            string name = file.Path.Name[(model.Name.Length - "model".Length)..];
            await store.WriteAsync(BlobPath.Parse($"{folder}/{name}"), content.Content, cancellation: cancellation);
        }
    }

    /// <summary>Where a run keeps a model of our own: model.bin or a folder model/, which stands in a container's output. Whatever its kind,
    /// its name begins so.</summary>
    public static BlobPath OfRun(string runId, CandidateRecord judged) =>
        RunPaths.Baseline(runId, judged.Name, judged.Kind == OutcomeKind.Encoder ? "out/model" : "model");

    /// <summary>How a text is put to a version of a provider.</summary>
    public async Task<QuestionComposer> ComposerAsync(ChampionVersion version, CancellationToken cancellation)
    {
        ServedQuestion question = version.Folder is { } folder
            ? await store.ReadJsonAsync<ServedQuestion>(BlobPath.Parse($"{folder}/{QuestionFile}"), cancellation)
            : await QuestionOfRunAsync(version.RunId, version.Candidate, cancellation);
        return new QuestionComposer(question.Candidate, version.BaseModel, version.Labels, question.Examples);
    }

    private async Task<ServedQuestion> QuestionOfRunAsync(string runId, string name, CancellationToken cancellation)
    {
        CandidateRecipe recipe = await RunRecipes.CandidateAsync(store, runId, name, cancellation);
        Recipe run = await RunRecipes.ReadAsync(store, runId, cancellation);
        return new ServedQuestion(recipe, await shots.DrawAsync(runId, recipe, run.Dataset.Split.Seed, cancellation));
    }

    /// <param name="Candidate">Its recipe: form, prompt, examples.</param>
    /// <param name="Examples">In its prompt, from the training split.</param>
    private sealed record ServedQuestion(CandidateRecipe Candidate, ImmutableArray<DatasetRow> Examples);
}
