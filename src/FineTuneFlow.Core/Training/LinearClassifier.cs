using System.Collections.Immutable;

namespace FineTuneFlow.Core.Training;

/// <summary>Multinomial logistic regression on hashed n-grams. Immutable once trained, and safe for concurrent use.
/// The same rows, options and seed give the same weights to the last bit on every machine and at every thread count.</summary>
public sealed class LinearClassifier
{
    [ThreadStatic]
    private static Workspace? _workspace;

    internal LinearClassifier(FeatureTable features, LinearWeights weights, ImmutableArray<string> labels)
    {
        Features = features;
        Weights = weights;
        Labels = labels;
    }

    /// <summary>The labels, in the order of the probabilities.</summary>
    public ImmutableArray<string> Labels { get; }

    /// <summary>Features that carry weight.</summary>
    public int FeatureCount => Features.Buckets.Length;

    internal FeatureTable Features { get; }

    internal LinearWeights Weights { get; }

    /// <summary>Trains for <see cref="LinearTrainingOptions.Epochs"/> epochs.</summary>
    /// <param name="rows">At least one.</param>
    /// <param name="validation">Watched, never learned from.</param>
    /// <param name="continueFrom">Training goes on from this classifier's weights, labels and features.</param>
    /// <param name="onStep">Called after each step.</param>
    /// <param name="ct">Looked at in every step.</param>
    /// <exception cref="Failures.FlowException">InvalidInput: no rows, a label that is not in the options, options out of range.</exception>
    public static LinearClassifier Train(
        IReadOnlyList<LabelledText> rows,
        LinearTrainingOptions options,
        IReadOnlyList<LabelledText>? validation = null,
        LinearClassifier? continueFrom = null,
        Action<TrainingPoint>? onStep = null,
        CancellationToken ct = default)
    {
        var trainer = new LinearTrainer(rows, options, validation, continueFrom, ct);
        for (int epoch = 0; epoch < options.Epochs; epoch++)
        {
            trainer.RunEpoch(onStep, ct);
        }

        return trainer.Snapshot();
    }

    /// <summary>The probability of each label, in the order of <see cref="Labels"/>; their sum is 1.</summary>
    public double[] Probabilities(string text)
    {
        double[] probabilities = new double[Labels.Length];
        Probabilities(text, probabilities);
        return probabilities;
    }

    /// <inheritdoc cref="Probabilities(string)"/>
    /// <param name="text">What is classified.</param>
    /// <param name="probabilities">Filled; as long as <see cref="Labels"/>.</param>
    public void Probabilities(ReadOnlySpan<char> text, Span<double> probabilities)
    {
        Workspace workspace = _workspace ??= new Workspace();
        SparseVector vector = Features.Vectorise(text, workspace.Scratch, workspace.Vector);
        Weights.Probabilities(vector.Slots.AsSpan(0, vector.Count), vector.Values.AsSpan(0, vector.Count), probabilities);
    }

    /// <summary>The most probable label; at a tie the first.</summary>
    public string Predict(string text)
    {
        double[] probabilities = Probabilities(text);
        return Labels[Array.IndexOf(probabilities, probabilities.Max())];
    }

    /// <summary>Writes the versioned binary format that <see cref="Load"/> reads.</summary>
    public void Save(Stream stream) => LinearClassifierFile.Write(this, stream);

    /// <summary>Reads a classifier.</summary>
    /// <exception cref="Failures.FlowException">InvalidInput: the file is of another kind or version, cut short or damaged.</exception>
    public static LinearClassifier Load(Stream stream) => LinearClassifierFile.Read(stream);

    private sealed class Workspace
    {
        public FeatureScratch Scratch { get; } = new();

        public SparseVector Vector { get; } = new();
    }
}
