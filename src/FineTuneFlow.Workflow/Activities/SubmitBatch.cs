using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Hands a part of the judged rows to the Batch API, once: its file is found by name, the batch by its metadata. What
/// the run that a rerun repeats has answered is not among the questions.</summary>
public sealed class SubmitBatch(
    IBlobStore store, IProviders providers, SpendOnce once, RunGuard guard, CandidateQuestions questions, EarlierAnswers earlier) : IActivity<BatchPartInput, SubmittedBatch>
{
    public async Task<SubmittedBatch> RunAsync(BatchPartInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        IFineTuningProvider provider = providers.Get(input.Candidate.Provider);
        IBatchInference batches = provider.Batches!;
        BlobPath upload = RunPaths.BatchIntent(input.RunId, input.Candidate.Name, input.Part, "file");
        if (!await store.ExistsAsync(upload, cancellation) && await AllAnsweredAsync(input, cancellation))
        {
            return SubmittedBatch.None;
        }

        string name = $"{input.RunId}-{input.Candidate.Name}-{input.Part}.batch.jsonl";
        UploadedFile file = await once.RunAsync(
            upload,
            SpendGrace.OfFile(provider.Facts),
            async stop => Uploaded(input, await batches.FindQuestionsAsync(name, stop)),
            // Tens of thousands of questions are put together only where they are sent: not when a retry finds them there.
            async stop => Uploaded(input, await batches.UploadQuestionsAsync(name, await Questions(input, stop), stop))!,
            cancellation);
        ImmutableSortedDictionary<string, string> metadata = JobMetadata.OfPart(input);
        return await once.RunAsync(
            RunPaths.BatchIntent(input.RunId, input.Candidate.Name, input.Part, "batch"),
            SpendGrace.OfPaid(provider.Facts),
            async stop => await Oldest(batches.FindBatchesAsync(metadata, stop)) is { } batch ? new SubmittedBatch(batch.Id) : null,
            async stop => new SubmittedBatch(
                (await batches.CreateBatchAsync(file.FileId, TrainingForm.FamilyOf(input.Candidate.Model), metadata, stop)).Id),
            cancellation);
    }

    private async Task<bool> AllAnsweredAsync(BatchPartInput input, CancellationToken cancellation)
    {
        if ((await earlier.RunsAsync(input.RunId, input.Candidate, cancellation)).IsEmpty)
        {
            return false;
        }

        for (int chunk = input.FirstChunk; chunk < input.FirstChunk + input.Chunks; chunk++)
        {
            if ((await OpenAsync(input, chunk, cancellation)).Length > 0)
            {
                return false;
            }
        }

        return true;
    }

    private async Task<List<BatchQuestion>> Questions(BatchPartInput input, CancellationToken cancellation)
    {
        (QuestionComposer composer, _, _) = await questions.OfAsync(input.RunId, input.Candidate, cancellation);
        var asked = new List<BatchQuestion>();
        for (int chunk = input.FirstChunk; chunk < input.FirstChunk + input.Chunks; chunk++)
        {
            asked.AddRange((await OpenAsync(input, chunk, cancellation)).Select(row => new BatchQuestion(row.Id, composer.Ask(input.Model, row.Text))));
        }

        return asked;
    }

    private async Task<DatasetRow[]> OpenAsync(BatchPartInput input, int chunk, CancellationToken cancellation)
    {
        Dictionary<string, Prediction> answered = await earlier.OfAsync(input.RunId, input.Candidate, chunk, cancellation);
        DatasetRow[] rows = await JudgedRows.ReadAsync(store, RunPaths.Chunk(input.RunId, chunk), cancellation);
        return [.. rows.Where(row => !answered.ContainsKey(row.Id))];
    }

    private static UploadedFile? Uploaded(BatchPartInput input, ProviderFile? file) =>
        file is null ? null : new UploadedFile(input.RunId, input.Candidate.Provider, file.Id);

    private static async Task<ProviderBatch?> Oldest(IAsyncEnumerable<ProviderBatch> newestFirst)
    {
        ProviderBatch? oldest = null;
        await foreach (ProviderBatch batch in newestFirst)
        {
            oldest = batch;
        }

        return oldest;
    }
}
