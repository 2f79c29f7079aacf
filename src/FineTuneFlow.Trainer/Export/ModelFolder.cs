using FineTuneFlow.Core.Failures;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Encoders.Onnx;
using FineTuneFlow.Encoders.Serving;
using FineTuneFlow.Trainer.Data;
using FineTuneFlow.Trainer.Training;

namespace FineTuneFlow.Trainer.Export;

/// <summary>Writes a trained encoder: the checkpoint in Hugging Face's form, both ONNX forms, the facts, the card. The exported model must
/// answer as the trainer does, and which of the two forms serves is measured.</summary>
internal static class ModelFolder
{
    private const double LargestDifference = 1e-4;
    private const int RowsCompared = 256;

    /// <summary>Half a point of accuracy: what a model of a quarter of the size may lose on the validation rows and still serve.</summary>
    private const double LargestLoss = 0.005;

    /// <param name="folder">Made anew.</param>
    /// <param name="model">What was trained.</param>
    /// <param name="compared">Rows that both are asked: the validation rows, or training rows where there are none.</param>
    /// <param name="own">The trainer's logits for them.</param>
    /// <param name="facts">Without what is found out here.</param>
    /// <exception cref="FlowException">JobFailed: the exported model answers differently.</exception>
    public static EncoderFacts Write(string folder, EncoderCheckpoint model, IReadOnlyList<TrainingRow> compared, float[][] own, EncoderFacts facts)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        model.Save(folder);
        int padding = model.Tokenizer.PaddingId;
        string exact = Path.Combine(folder, EncoderFacts.ExactModel);
        OnnxExport.Write(model.Config, model.Weights, exact, OnnxPrecision.Exact);
        double difference = Difference(exact, compared, own, padding);
        if (!(difference <= LargestDifference))
        {
            throw new FlowException(
                FailureKind.JobFailed, $"The exported model's logits differ from the trainer's by {difference:0.0e+0}, more than {LargestDifference:0.0e+0}", "Report this as a defect, with the model's name");
        }

        string quantised = Path.Combine(folder, EncoderFacts.QuantisedModel);
        OnnxExport.Write(model.Config, model.Weights, quantised, OnnxPrecision.Quantised);
        facts = facts with { ExportDifference = difference };
        if (facts.ValidationRows > 0)
        {
            int[] labels = [.. compared.Select(row => row.Label)];
            facts = facts with
            {
                ValidationAccuracy = ValidationScore.Of(own, labels).Accuracy,
                QuantisedAccuracy = ValidationScore.Of(Ask(quantised, compared, padding), labels).Accuracy,
            };
            // Of whole rows: 59.1 % less 58.6 % are a little more than half a point in binary fractions.
            double lost = Math.Round((facts.ValidationAccuracy.Value - facts.QuantisedAccuracy.Value) * labels.Length) / labels.Length;
            facts = facts with { Serve = lost <= LargestLoss ? EncoderFacts.QuantisedModel : EncoderFacts.ExactModel };
        }

        facts.Write(folder);
        File.WriteAllText(Path.Combine(folder, "README.md"), ModelCard.Write(model.Config, facts));
        return facts;
    }

    private static double Difference(string file, IReadOnlyList<TrainingRow> compared, float[][] own, int padding)
    {
        TrainingRow[] some = [.. compared.Take(RowsCompared)];
        float[][] theirs = Ask(file, some, padding);
        double largest = 0;
        for (int row = 0; row < some.Length; row++)
        {
            for (int label = 0; label < own[row].Length; label++)
            {
                // A difference that is not a number must not count as none.
                double difference = Math.Abs((double)own[row][label] - theirs[row][label]);
                largest = double.IsNaN(difference) ? double.PositiveInfinity : Math.Max(largest, difference);
            }
        }

        return largest;
    }

    private static float[][] Ask(string file, IReadOnlyList<TrainingRow> rows, int padding)
    {
        using var session = new EncoderSession(file);
        return session.AllLogits([.. rows.Select(row => row.Pieces)], padding);
    }
}
