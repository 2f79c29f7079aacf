namespace FineTuneFlow.Trainer.Training;

/// <summary>How to train.</summary>
internal sealed record TrainingOptions
{
    public const int UsualBatchSize = 16;
    public const int UsualMaxLength = 256;
    public const int UsualCheckpointSeconds = 300;

    /// <summary>From this width on a model is called large, and learns at a lower rate.</summary>
    private const int LargeWidth = 768;

    /// <summary>Runs through the rows; 1 to 50.</summary>
    public int Epochs { get; init; } = 1;
    public int Seed { get; init; } = 42;
    /// <summary>The highest; null: by the model's width, <see cref="RateFor"/>.</summary>
    public double? LearningRate { get; init; }
    /// <summary>Rows a step.</summary>
    public int BatchSize { get; init; } = UsualBatchSize;
    /// <summary>Longer texts are cut off; in pieces. Null: 256, or the model's positions where those are fewer.</summary>
    public int? MaxLength { get; init; }
    public ClassWeighting ClassWeights { get; init; } = ClassWeighting.None;
    public PrecisionWish Precision { get; init; } = PrecisionWish.Auto;
    /// <summary>Share of the steps in which the rate rises.</summary>
    public double WarmUp { get; init; } = 0.1;
    /// <summary>Of AdamW.</summary>
    public double Decay { get; init; } = 0.01;
    /// <summary>Gradients of a larger norm are scaled down to it.</summary>
    public double LargestNorm { get; init; } = 1;
    /// <summary>Epochs without a better validation after which training stops.</summary>
    public int Patience { get; init; } = 2;
    /// <summary>Between two states that an interrupted training goes on from; 0: after every step.</summary>
    public int CheckpointSeconds { get; init; } = UsualCheckpointSeconds;

    /// <summary>3e-5 for models of BERT's width, as its paper recommends (2e-5 to 5e-5); 8e-5 for narrower ones, which learned
    /// best with it in trials.</summary>
    public double RateFor(int width) => LearningRate ?? (width >= LargeWidth ? 3e-5 : 8e-5);
}

/// <summary>Whether rare classes count more in the loss.</summary>
internal enum ClassWeighting
{
    None,
    /// <summary>By rows / (classes x rows of the class), as scikit-learn's "balanced".</summary>
    Balanced,
}

/// <summary>Auto: bfloat16 on GPUs that have it, fp16 on others, single precision on processors.</summary>
internal enum PrecisionWish { Auto, Single, BFloat16, Half }
