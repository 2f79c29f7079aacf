namespace FineTuneFlow.Core.Recipes;

/// <summary>One model to train or to ask. Hyperparameters given as lists make a grid: one candidate a combination.</summary>
public sealed record CandidateRecipe
{
    /// <summary>The name that stands for the model that the provider suggests today: chosen when a run is started, by the dated table of
    /// models and what the key may train.</summary>
    public const string SuggestedModel = "suggested";

    /// <summary>Lower-case letters, digits and dashes; 1 to 40 characters; unique in the recipe.</summary>
    public required string Name { get; init; }
    public CandidateKind Kind { get; init; } = CandidateKind.FineTune;
    /// <summary>A configured provider; null: the setting DefaultProvider.</summary>
    public string? Provider { get; init; }
    /// <summary>The base model; null with <see cref="ContinueFrom"/>, whose model is continued.</summary>
    public string? Model { get; init; }
    /// <summary>Another candidate of the recipe, or <c>champion</c>.</summary>
    public string? ContinueFrom { get; init; }
    /// <summary>With <see cref="ContinueFrom"/>: train on all rows or only on those the continued model has not seen.</summary>
    public TrainingData Data { get; init; } = TrainingData.All;
    /// <summary>1 to 50; empty: the service's choice.</summary>
    public OneOrMany<int> Epochs { get; init; }
    /// <summary>1 to 256; empty: the service's choice.</summary>
    public OneOrMany<int> BatchSize { get; init; }
    /// <summary>Above 0; empty: the service's choice.</summary>
    public OneOrMany<double> LearningRateMultiplier { get; init; }
    public int? Seed { get; init; }
    public string? SystemPrompt { get; init; }
    /// <summary>Azure: the training tier.</summary>
    public TrainingTier? Tier { get; init; }
    /// <summary>Kind prompt: examples from the training split in the prompt; 0 to 64.</summary>
    public int Shots { get; init; }
    /// <summary>Kind prompt: let the model think aloud before it answers.</summary>
    public bool ChainOfThought { get; init; }
    /// <summary>Models that think before they answer: none, minimal, low, medium, high, xhigh or max; null: the least that the model takes.</summary>
    public string? ReasoningEffort { get; init; }
    /// <summary>Which of a job's kept checkpoints is judged; null: its last one, the finished model.</summary>
    public CheckpointUse? Checkpoints { get; init; }
}

public enum CandidateKind { FineTune, Prompt }

public enum TrainingData { All, New }

/// <summary>What becomes of a job's kept checkpoints.</summary>
public enum CheckpointUse
{
    /// <summary>The finished model is judged.</summary>
    Last,
    /// <summary>All are asked about the validation split, and the best one is judged on the holdout.</summary>
    Best,
    /// <summary>As <see cref="Best"/>; the others are judged on the holdout too, to be looked at, never to be chosen.</summary>
    All,
}

public enum TrainingTier { Standard, GlobalStandard, DataZone, Developer }
