using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Recipes;

/// <summary>A model of our own. Hyperparameters given as lists make a grid: one model a combination.</summary>
public sealed record BaselineRecipe
{
    private const int UsualEncoderEpochs = 2;

    public required string Name { get; init; }
    public BaselineKind Kind { get; init; } = BaselineKind.Linear;
    /// <summary>Encoder and container: the model to fine-tune, such as distilbert-base-cased; null for an encoder with
    /// <see cref="ContinueFrom"/>.</summary>
    public string? Model { get; init; }
    /// <summary>Encoder and container; 1 to 50.</summary>
    public OneOrMany<int> Epochs { get; init; }
    /// <summary>Encoder: the highest rate, above 0 and at most 1; empty: the trainer's choice by the model's width.</summary>
    public OneOrMany<double> LearningRate { get; init; }
    /// <summary>Encoder: longer texts are cut off; in word pieces, 3 to 8192; empty: 256, or what the model allows.</summary>
    public OneOrMany<int> MaxLength { get; init; }
    /// <summary>Encoder: rows a step; 1 to 1024; null: 16.</summary>
    public int? BatchSize { get; init; }
    public ClassWeights ClassWeights { get; init; } = ClassWeights.None;
    public TrainingDevice Device { get; init; } = TrainingDevice.Auto;
    public TrainingPlace Where { get; init; } = TrainingPlace.Auto;
    /// <summary>Encoder: <c>champion</c>, where that is an encoder; null: from the published model.</summary>
    public string? ContinueFrom { get; init; }
    /// <summary>Container: the image of another trainer that keeps to docs/baseline-contract.md; null: the job's own.</summary>
    public string? Image { get; init; }

    /// <summary>Passes over the training split; the first of a grid's that is not expanded yet.</summary>
    [JsonIgnore]
    public int EpochsToTrain => Epochs.Count > 0 ? Epochs[0] : Kind == BaselineKind.Encoder ? UsualEncoderEpochs : 1;
}

public enum BaselineKind
{
    Linear,
    /// <summary>Of BERT's family, trained by the product's trainer and served by the product.</summary>
    Encoder,
    /// <summary>Whatever another trainer makes; it leaves predictions and no model that could be asked.</summary>
    Container,
}

/// <summary>Whether rare classes count more in an encoder's loss: by rows / (classes x rows of the class).</summary>
public enum ClassWeights { None, Balanced }

/// <summary>A GPU where there is one, a GPU or not at all, the processor.</summary>
public enum TrainingDevice { Auto, Gpu, Cpu }

/// <summary>The container job where one is set and else this machine; the one; the other.</summary>
public enum TrainingPlace { Auto, Job, Machine }
