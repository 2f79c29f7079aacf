using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Encoders.Checkpoints;

namespace FineTuneFlow.Trainer.Export;

/// <summary>Gives an encoder a head for the labels at hand: begun anew, or taken from an earlier training.</summary>
internal static class HeadStart
{
    /// <summary>Of the normal distribution that new weights come from, as in BERT.</summary>
    private const double Spread = 0.02;

    /// <param name="checkpoint">The encoder.</param>
    /// <param name="labels">In the order of the logits.</param>
    /// <param name="continues">Whether its classifier goes on being trained.</param>
    /// <param name="seed">Of the weights that are begun anew.</param>
    /// <exception cref="FlowException">InvalidInput: the earlier encoder does not know a label.</exception>
    public static (EncoderConfig Config, EncoderWeights Weights) Make(EncoderCheckpoint checkpoint, IReadOnlyList<string> labels, bool continues, int seed)
    {
        EncoderConfig config = checkpoint.Config with { Labels = [.. labels] };
        var weights = checkpoint.Weights.All.ToDictionary(weight => weight.Key, weight => weight.Value, StringComparer.Ordinal);
        if (continues)
        {
            Choose(checkpoint, labels, weights);
        }
        else
        {
            weights.Remove(WeightNames.Classifier + ".weight");
            weights.Remove(WeightNames.Classifier + ".bias");
        }

        var random = new StableRandom(seed);
        foreach ((string name, int[] shape) in EncoderShapes.Head(config))
        {
            if (!weights.ContainsKey(name))
            {
                WeightTensor begun = WeightTensor.Zeros(shape);
                if (name.EndsWith(".weight", StringComparison.Ordinal))
                {
                    for (int i = 0; i < begun.Values.Length; i++)
                    {
                        begun.Values[i] = (float)(Normal(random) * Spread);
                    }
                }

                weights[name] = begun;
            }
        }

        return (config, EncoderWeights.Of(weights));
    }

    /// <summary>The rows of the classifier that belong to the labels at hand, in their order.</summary>
    private static void Choose(EncoderCheckpoint checkpoint, IReadOnlyList<string> labels, Dictionary<string, WeightTensor> weights)
    {
        string[] unknown = [.. labels.Where(label => !checkpoint.Config.Labels.Contains(label))];
        if (unknown.Length > 0)
        {
            throw new FlowException(
                FailureKind.InvalidInput,
                $"The encoder to continue from does not know {unknown.Length} of the labels, \"{unknown[0]}\" among them",
                "Train from a base model instead, without continueFrom");
        }

        int width = checkpoint.Config.Hidden;
        WeightTensor matrix = checkpoint.Weights[WeightNames.Classifier + ".weight"];
        WeightTensor bias = checkpoint.Weights[WeightNames.Classifier + ".bias"];
        int[] rows = [.. labels.Select(label => checkpoint.Config.Labels.IndexOf(label))];
        weights[WeightNames.Classifier + ".weight"] = new WeightTensor([rows.Length, width], [.. rows.SelectMany(row => matrix.Values.Skip(row * width).Take(width))]);
        weights[WeightNames.Classifier + ".bias"] = new WeightTensor([rows.Length], [.. rows.Select(row => bias.Values[row])]);
    }

    /// <summary>Box and Muller 1958.</summary>
    private static double Normal(StableRandom random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
