using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>Hyperparameters of an encoder; what is null is the trainer's choice.</summary>
public sealed record EncoderSettings
{
    public double? LearningRate { get; init; }
    public int? MaxLength { get; init; }
    public int? BatchSize { get; init; }
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;
    public TrainingPlace Where { get; init; } = TrainingPlace.Auto;

    public static EncoderSettings Of(BaselineRecipe asked) => new()
    {
        LearningRate = asked.LearningRate.Count > 0 ? asked.LearningRate[0] : null,
        MaxLength = asked.MaxLength.Count > 0 ? asked.MaxLength[0] : null,
        BatchSize = asked.BatchSize,
        ClassWeights = asked.ClassWeights,
        Device = asked.Device,
        Where = asked.Where,
    };
}
