using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Training;

/// <summary>How a <see cref="LinearClassifier"/> is trained.</summary>
public sealed record LinearTrainingOptions
{
    public TextFeatureOptions Features { get; init; } = new();

    /// <summary>Passes over the training rows, at least 1.</summary>
    public int Epochs { get; init; } = 5;

    /// <summary>Examples a step, at least 1.</summary>
    public int BatchSize { get; init; } = 16;

    /// <summary>AdaGrad's step size, above 0.</summary>
    public double LearningRate { get; init; } = 0.3;

    /// <summary>Pull of every touched weight towards zero, as a fraction of the step size.</summary>
    public double L2 { get; init; } = 1e-5;

    /// <summary>AdaGrad's first sum of squares: the larger, the smaller the first steps.</summary>
    public double InitialAccumulator { get; init; } = 0.01;

    /// <summary>Decides the order of the examples.</summary>
    public long Seed { get; init; } = 42;

    /// <summary>The labels in their order; empty: the distinct labels of the rows, sorted ordinally. Labels of the
    /// classifier that is continued come first in any case.</summary>
    public ImmutableArray<string> Labels { get; init; } = [];

    internal void Check()
    {
        Features.Check();
        Require(Epochs >= 1, "epochs", "at least 1");
        Require(BatchSize >= 1, "batchSize", "at least 1");
        Require(LearningRate > 0 && double.IsFinite(LearningRate), "learningRate", "above 0");
        Require(L2 is >= 0 and < 1, "l2", "from 0 to below 1");
        Require(InitialAccumulator > 0, "initialAccumulator", "above 0");
    }

    internal static void Require(bool holds, string field, string expected)
    {
        if (!holds)
        {
            throw new FlowException(new Failure(FailureKind.InvalidInput, $"{field} is out of range", $"Give {expected}.", Field: field));
        }
    }
}
