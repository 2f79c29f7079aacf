using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Costs;

/// <summary>What a quote is made from.</summary>
public sealed record QuoteInput
{
    /// <summary>The training split as it is uploaded.</summary>
    public required SplitSize Train { get; init; }
    /// <summary>The rows that a continued model has not seen; null: not counted, all rows are assumed.</summary>
    public SplitSize? NewTrain { get; init; }
    /// <summary>The holdout, as many rows of it as are asked.</summary>
    public required SplitSize Holdout { get; init; }
    /// <summary>The validation split, as many rows of it as are asked where a checkpoint is chosen; null: none is.</summary>
    public SplitSize? Validation { get; init; }
    /// <summary>Tokens of a label as the models answer it.</summary>
    public double LabelTokens { get; init; } = 1;
    public required ImmutableArray<QuotedCandidate> Candidates { get; init; }
    public required BudgetRecipe Budget { get; init; }
    public EvaluationMode Mode { get; init; } = EvaluationMode.Online;
    /// <summary>The longest texts of the data, the longest first, for a word about models that cannot take them.</summary>
    public ImmutableArray<LongText> LongTexts { get; init; } = [];
    /// <summary>What earlier runs have taught about the token estimate; null: nothing yet.</summary>
    public TokenCalibration? Calibration { get; init; }
}

/// <summary>Size of a split: its rows and the tokens of their texts alone, without what a training form adds.</summary>
public sealed record SplitSize(long Rows, Estimate TextTokens)
{
    public static SplitSize Of(long rows, TextSize text) => new(rows, text.Tokens());

    /// <summary>A sample of at most so many rows, of average length.</summary>
    public SplitSize Take(long? rows) => rows is { } most && most < Rows ? new SplitSize(most, TextTokens * ((double)most / Rows)) : this;
}

/// <summary>A candidate or baseline as far as its price depends on it.</summary>
public sealed record QuotedCandidate
{
    public required string Name { get; init; }
    public required QuotedWork Work { get; init; }
    /// <summary>The provider's section in the price book; unused for baselines.</summary>
    public string PriceKey { get; init; } = "openai";
    /// <summary>True: nothing is paid, list prices are shown.</summary>
    public bool Simulated { get; init; }
    /// <summary>The base model (a continuation's is that of the model it begins with); the container's model.</summary>
    public required string Model { get; init; }
    public TrainingForm Form { get; init; } = new(ModelFamily.Chat);
    /// <summary>Null: the service's choice.</summary>
    public int? Epochs { get; init; }
    public TrainingTier? Tier { get; init; }
    public bool NewRowsOnly { get; init; }
    public int Shots { get; init; }
    public bool ChainOfThought { get; init; }
    /// <summary>Null: the model does not think, as far as is known.</summary>
    public string? ReasoningEffort { get; init; }
    /// <summary>Tokens that were counted with the model's own tokenizer; null: estimated.</summary>
    public CountedTokens? Counted { get; init; }
    /// <summary>The provider's fine-tunes answer only from a deployment billed by the hour.</summary>
    public bool NeedsDeployment { get; init; }
    /// <summary>What becomes of the job's checkpoints; null: the finished model is judged.</summary>
    public CheckpointUse? Checkpoints { get; init; }
    /// <summary>Checkpoints that the service keeps and serves.</summary>
    public int ServedCheckpoints { get; init; } = 3;
    /// <summary>An earlier run has trained it, and this one pays nothing for that.</summary>
    public bool TrainingAdopted { get; init; }
    /// <summary>Rows of the holdout that an earlier run has had answered by it.</summary>
    public long AnswersAdopted { get; init; }
    /// <summary>What that deployment costs an hour; null: as the price book has it for <see cref="HostingTier"/>.</summary>
    public double? HostingUsdPerHour { get; init; }
    /// <summary>The tier of the deployment; null: that of the training.</summary>
    public TrainingTier? HostingTier { get; init; }
    /// <summary>Container baseline: the machine's name in the price book.</summary>
    public string Machine { get; init; } = "t4";
    /// <summary>Encoder: the longest text in word pieces; what is beyond is cut off.</summary>
    public int MaxLength { get; init; } = 256;
    /// <summary>Encoder: numbers of its layers, without embeddings and classifier; null: guessed from the model's name.</summary>
    public double? LayerParameters { get; init; }
    /// <summary>Encoder: what could not be found out about its model; null: it was found.</summary>
    public string? Caution { get; init; }
    /// <summary>Encoder: how fast this machine has trained before; null: the price book's speed is taken.</summary>
    public MachineRate? MeasuredRate { get; init; }

    /// <summary>A baseline of a recipe, its grid expanded.</summary>
    public static QuotedCandidate Of(BaselineRecipe baseline) => new()
    {
        Name = baseline.Name,
        Work = baseline.Kind switch
        {
            BaselineKind.Linear => QuotedWork.Linear,
            BaselineKind.Encoder => QuotedWork.Encoder,
            _ => QuotedWork.Container,
        },
        Model = baseline.Model ?? (baseline.Kind == BaselineKind.Linear ? "linear" : "champion"),
        Epochs = baseline.EpochsToTrain,
        // Without a container job a checkout trains on its own machine.
        Machine = baseline is { Kind: BaselineKind.Encoder, Where: not TrainingPlace.Job } ? "local" : "t4",
        MaxLength = baseline.MaxLength.Count > 0 ? baseline.MaxLength[0] : 256,
    };
}

/// <param name="Encoding">The tokenizer's.</param>
/// <param name="Training">Of the training file, once through.</param>
/// <param name="Prompt">Of all questions of the evaluation.</param>
/// <param name="Share">Of the rows that were counted; below 1 the rest is taken to be alike.</param>
public sealed record CountedTokens(string Encoding, double Training, double Prompt, double Share);

/// <summary>What is done: train and ask a model, only ask an untuned or an earlier tuned one, or a baseline of our own.</summary>
public enum QuotedWork { TrainAndAsk, AskBase, AskTuned, Linear, Container, Encoder }
