using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Models;

/// <summary>The linear model: bag of words and characters, logistic regression.</summary>
internal sealed class LinearModel(LinearClassifier classifier) : IOwnModel
{
    public const string FileName = "model.bin";

    // Below that many texts starting threads costs more than it saves.
    private const int WorthThreads = 16;

    public static async Task<IOwnModel> LoadAsync(IBlobStore store, BlobPath file, CancellationToken cancellation)
    {
        using var weights = new MemoryStream(await store.ReadBytesAsync(file, cancellation), writable: false);
        return new LinearModel(LinearClassifier.Load(weights));
    }

    public IReadOnlyList<Prediction> Answer(IReadOnlyList<string> texts)
    {
        var answers = new Prediction[texts.Count];
        if (texts.Count < WorthThreads)
        {
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i] = LinearPrediction.Of(classifier, "", texts[i]);
            }
        }
        else
        {
            Parallel.For(0, answers.Length, i => answers[i] = LinearPrediction.Of(classifier, "", texts[i]));
        }

        return answers;
    }
}
