using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>All weights of an encoder under the names of <see cref="WeightNames"/>.</summary>
public sealed class EncoderWeights
{
    private readonly SortedDictionary<string, WeightTensor> _tensors = new(StringComparer.Ordinal);

    public WeightTensor this[string name] => _tensors[name];

    public IEnumerable<KeyValuePair<string, WeightTensor>> All => _tensors;

    /// <summary>Takes what the shape of the encoder asks for and leaves the rest: heads of other tasks, stored positions.</summary>
    /// <param name="config">The encoder's shape.</param>
    /// <param name="found">By any of the names that checkpoints use.</param>
    /// <exception cref="FlowException">InvalidInput: weights are missing or have another shape.</exception>
    public static EncoderWeights Of(EncoderConfig config, IEnumerable<KeyValuePair<string, WeightTensor>> found)
    {
        var named = new Dictionary<string, WeightTensor>(StringComparer.Ordinal);
        foreach ((string name, WeightTensor tensor) in found)
        {
            named[WeightNames.FromFile(name)] = tensor;
        }

        var weights = new EncoderWeights();
        var missing = new List<string>();
        foreach ((string name, int[] shape) in EncoderShapes.Body(config))
        {
            if (!named.TryGetValue(name, out WeightTensor? tensor))
            {
                missing.Add(name);
            }
            else if (!tensor.Shape.AsSpan().SequenceEqual(shape))
            {
                throw new FlowException(
                    FailureKind.InvalidInput,
                    $"The checkpoint's weights {name} have the shape {Text(tensor.Shape)}; its config.json asks for {Text(shape)}",
                    "Use a checkpoint whose files belong together");
            }
            else
            {
                weights._tensors[name] = tensor;
            }
        }

        if (missing.Count > 0)
        {
            throw new FlowException(
                FailureKind.InvalidInput, $"The checkpoint lacks {missing.Count} weights, {missing[0]} among them", "Use a checkpoint of BERT or DistilBERT that is whole");
        }

        // The head is taken where it fits: another task's, or that of other classes, is begun anew by the trainer.
        foreach ((string name, int[] shape) in EncoderShapes.Head(config))
        {
            if (named.TryGetValue(name, out WeightTensor? tensor) && tensor.Shape.AsSpan().SequenceEqual(shape))
            {
                weights._tensors[name] = tensor;
            }
        }

        return weights;
    }

    /// <summary>Weights as they are, for a trainer that has made all of them.</summary>
    public static EncoderWeights Of(IEnumerable<KeyValuePair<string, WeightTensor>> all)
    {
        var weights = new EncoderWeights();
        foreach ((string name, WeightTensor tensor) in all)
        {
            weights._tensors[name] = tensor;
        }

        return weights;
    }

    public bool Has(string name) => _tensors.ContainsKey(name);

    private static string Text(int[] shape) => string.Join('x', shape);
}
