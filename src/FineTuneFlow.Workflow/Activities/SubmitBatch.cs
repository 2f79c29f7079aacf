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
        // Of a first attempt nothing is answered, and the rows need not be read for that.
        if ((await earlier.RunsAsync(input.RunId, input.Candidate, cancellation)).IsEmpty
            && !await store.ExistsPackedAsync(RunPaths.Predictions(input.RunId, input.Candidate.Name, input.FirstChunk), cancellation))
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

    /// <summary>Rows that neither this run, where it has asked one by one before, nor an earlier one has an answer for.</summary>
    private async Task<DatasetRow[]> OpenAsync(BatchPartInput input, int chunk, CancellationToken cancellation)
    {
        if (await store.ExistsPackedAsync(RunPaths.Predictions(input.RunId, input.Candidate.Name, chunk), cancellation))
        {
            return [];
        }

        HashSet<string> answered = [.. (await earlier.OfAsync(input.RunId, input.Candidate, chunk, cancellation)).Keys,
            .. (await store.ReadLinesAsync<Prediction>(RunPaths.Answers(input.RunId, input.Candidate.Name, chunk), cancellation)).Select(answer => answer.Id)];
        DatasetRow[] rows = await JudgedRows.ReadAsync(store, RunPaths.Chunk(input.RunId, chunk), cancellation);
        return [.. rows.Where(row => !answered.Contains(row.Id))];
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
