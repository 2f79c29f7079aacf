using System.Collections.Immutable;
using System.Diagnostics;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Models;

/// <summary>An encoder that the trainer has made, in ONNX Runtime.</summary>
internal sealed class EncoderModel(EncoderClassifier classifier) : IOwnModel
{
    /// <summary>In a version's folder, and in a trainer's output.</summary>
    public const string Folder = "model";

    // What serving needs of the folder; the checkpoint and the other exported form stay where they are.
    private static readonly string[] Needed = ["tokenizer.json", "vocab.txt", "tokenizer_config.json"];

    public static async Task<IOwnModel> LoadAsync(IBlobStore store, string folder, CancellationToken cancellation)
    {
        string local = Directory.CreateTempSubdirectory("ftf-encoder-").FullName;
        try
        {
            if (!await FetchAsync(store, folder, EncoderFacts.FileName, local, cancellation))
            {
                throw new FlowException(FailureKind.NotFound, $"The encoder's files are not in {folder} any more", "Roll back to a version whose files are kept, or train again");
            }

            foreach (string file in Needed.Append(EncoderFacts.Read(local).Serve))
            {
                await FetchAsync(store, folder, file, local, cancellation);
            }

            return new EncoderModel(EncoderClassifier.Load(local));
        }
        finally
        {
            // The runtime and the tokenizer have read all of it.
            Directory.Delete(local, recursive: true);
        }
    }

    public IReadOnlyList<Prediction> Answer(IReadOnlyList<string> texts)
    {
        long started = Stopwatch.GetTimestamp();
        EncoderAnswer[] answers = classifier.Predict(texts);
        double each = Stopwatch.GetElapsedTime(started).TotalMilliseconds / Math.Max(1, texts.Count);
        return [.. answers.Select(answer => new Prediction
        {
            Id = "",
            Label = answer.Label,
            Probabilities = classifier.Labels.Zip(answer.Probabilities, KeyValuePair.Create).ToImmutableSortedDictionary(StringComparer.Ordinal),
            OtherMass = 0,
            LatencyMs = each,
        })];
    }

    private static async Task<bool> FetchAsync(IBlobStore store, string folder, string file, string local, CancellationToken cancellation)
    {
        if (file != Path.GetFileName(file))
        {
            throw new FlowException(FailureKind.InvalidInput, $"The encoder in {folder} names a file outside its folder", "Train it again");
        }

        await using BlobRead? blob = await store.OpenAsync(BlobPath.Parse($"{folder}/{file}"), cancellation);
        if (blob is null)
        {
            return false;
        }

        await using FileStream target = File.Create(Path.Combine(local, file));
        await blob.Content.CopyToAsync(target, cancellation);
        return true;
    }
}
