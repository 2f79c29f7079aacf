namespace FineTuneFlow.Encoders.Checkpoints;

/// <summary>Which weights an encoder has, and their shapes. Linear layers are stored as output x input.</summary>
public static class EncoderShapes
{
    /// <summary>Everything below the pooling.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Body(EncoderConfig config)
    {
        int hidden = config.Hidden;
        yield return (WeightNames.Words, [config.VocabularySize, hidden]);
        yield return (WeightNames.Positions, [config.Positions, hidden]);
        if (config.SegmentTypes > 0)
        {
            yield return (WeightNames.Segments, [config.SegmentTypes, hidden]);
        }

        foreach (var norm in Norm(WeightNames.EmbeddingNorm, hidden))
        {
            yield return norm;
        }

        for (int layer = 0; layer < config.Layers; layer++)
        {
            string at = Layer(layer);
            var parts = Linear(at + "attention.self.query", hidden, hidden)
                .Concat(Linear(at + "attention.self.key", hidden, hidden))
                .Concat(Linear(at + "attention.self.value", hidden, hidden))
                .Concat(Linear(at + "attention.output.dense", hidden, hidden))
                .Concat(Norm(at + "attention.output.LayerNorm", hidden))
                .Concat(Linear(at + "intermediate.dense", config.Intermediate, hidden))
                .Concat(Linear(at + "output.dense", hidden, config.Intermediate))
                .Concat(Norm(at + "output.LayerNorm", hidden));
            foreach (var part in parts)
            {
                yield return part;
            }
        }
    }

    /// <summary>The classifier, and the dense layer before it where there is one. Nothing for an encoder without labels.</summary>
    public static IEnumerable<(string Name, int[] Shape)> Head(EncoderConfig config)
    {
        IEnumerable<(string, int[])> dense = config.HasDenseHead ? Linear(WeightNames.Dense, config.Hidden, config.Hidden) : [];
        return config.Labels.IsEmpty ? dense : dense.Concat(Linear(WeightNames.Classifier, config.Labels.Length, config.Hidden));
    }

    /// <summary>All numbers of the model, embeddings and head with them.</summary>
    public static double Parameters(EncoderConfig config) => Body(config).Concat(Head(config)).Sum(Numbers);

    /// <summary>Those of the layers alone: what a piece costs to compute grows with them.</summary>
    public static double LayerParameters(EncoderConfig config) =>
        Body(config).Where(weight => weight.Name.StartsWith("encoder.", StringComparison.Ordinal)).Sum(Numbers);

    private static double Numbers((string Name, int[] Shape) weight) => WeightTensor.Count(weight.Shape);

    /// <summary>What the names of a layer's weights begin with; layers count from 0.</summary>
    public static string Layer(int layer) => $"encoder.layer.{layer}.";

    private static IEnumerable<(string Name, int[] Shape)> Linear(string name, int output, int input) =>
        [(name + ".weight", [output, input]), (name + ".bias", [output])];

    private static IEnumerable<(string Name, int[] Shape)> Norm(string name, int width) => [(name + ".weight", [width]), (name + ".bias", [width])];
}
