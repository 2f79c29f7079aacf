using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>From a file that the schema has accepted to the recipe. By hand, because the serializer compiles a thousand methods
/// before it gives its first record, which takes longer than preparing a small data set.</summary>
internal static class RecipeBinding
{
    private static readonly Recipe Absent = new();

    public static Recipe Bind(PlacedJson recipe) => new()
    {
        Version = recipe.Whole("version", Absent.Version),
        Dataset = Dataset(recipe),
        Budget = recipe["budget"] is { } budget ? Budget(budget) : Absent.Budget,
        Candidates = recipe.List("candidates", Candidate),
        Baselines = recipe.List("baselines", Baseline),
        Evaluation = recipe["evaluation"] is { } evaluation ? Evaluation(evaluation) : Absent.Evaluation,
        Promotion = recipe["promotion"] is { } promotion ? Promotion(promotion) : Absent.Promotion,
        Retrain = recipe["retrain"] is { } retrain ? Retrain(retrain) : Absent.Retrain,
        Serving = recipe["serving"] is { } serving ? Serving(serving) : Absent.Serving,
        DeadlineHours = recipe.Number("deadlineHours", Absent.DeadlineHours),
        Retention = recipe["retention"] is { } retention
            ? new RetentionRecipe { DeleteUploads = retention.Truth("deleteUploads", Absent.Retention.DeleteUploads) }
            : Absent.Retention,
    };

    /// <summary>A recipe that says when to retrain, and not how to split, splits by the text's hash: its data will grow, and each text must
    /// stay in its split for good.</summary>
    private static DatasetRecipe Dataset(PlacedJson recipe)
    {
        DatasetRecipe dataset = DatasetBinding.Bind(recipe["dataset"]);
        PlacedJson? split = recipe["dataset"]?["split"];
        return recipe["retrain"] is null || split?["method"] is not null || split?["column"] is not null
            ? dataset
            : dataset with { Split = dataset.Split with { Method = SplitMethod.Stable } };
    }

    private static BudgetRecipe Budget(PlacedJson budget) => new()
    {
        Usd = budget.Number("usd", Absent.Budget.Usd),
        ApproveAbove = budget.Number("approveAbove", Absent.Budget.ApproveAbove),
        ApprovalHours = budget.Number("approvalHours", Absent.Budget.ApprovalHours),
    };

    private static CandidateRecipe Candidate(PlacedJson candidate) => new()
    {
        Name = candidate.Text("name", ""),
        Kind = candidate.Choice("kind", CandidateKind.FineTune),
        Provider = candidate.TextOrNull("provider"),
        Model = candidate.TextOrNull("model"),
        ContinueFrom = candidate.TextOrNull("continueFrom"),
        Data = candidate.Choice("data", TrainingData.All),
        Epochs = candidate.OneOrMany("epochs", RecipeValue.Whole),
        BatchSize = candidate.OneOrMany("batchSize", RecipeValue.Whole),
        LearningRateMultiplier = candidate.OneOrMany("learningRateMultiplier", RecipeValue.Number),
        Seed = candidate.WholeOrNull("seed"),
        SystemPrompt = candidate.TextOrNull("systemPrompt"),
        Tier = candidate.ChoiceOrNull<TrainingTier>("tier"),
        Shots = candidate.Whole("shots", 0),
        ChainOfThought = candidate.Truth("chainOfThought", false),
        ReasoningEffort = candidate.TextOrNull("reasoningEffort"),
        Checkpoints = candidate.ChoiceOrNull<CheckpointUse>("checkpoints"),
    };

    private static BaselineRecipe Baseline(PlacedJson baseline) => new()
    {
        Name = baseline.Text("name", ""),
        Kind = baseline.Choice("kind", BaselineKind.Linear),
        Model = baseline.TextOrNull("model"),
        Epochs = baseline.OneOrMany("epochs", RecipeValue.Whole),
        LearningRate = baseline.OneOrMany("learningRate", RecipeValue.Number),
        MaxLength = baseline.OneOrMany("maxLength", RecipeValue.Whole),
        BatchSize = baseline.WholeOrNull("batchSize"),
        ClassWeights = baseline.Choice("classWeights", ClassWeights.None),
        Device = baseline.Choice("device", TrainingDevice.Auto),
        Where = baseline.Choice("where", TrainingPlace.Auto),
        ContinueFrom = baseline.TextOrNull("continueFrom"),
        Image = baseline.TextOrNull("image"),
    };

    private static EvaluationRecipe Evaluation(PlacedJson evaluation) => new()
    {
        ChunkRows = evaluation.Whole("chunkRows", Absent.Evaluation.ChunkRows),
        SampleRows = evaluation.WholeOrNull("sampleRows"),
        Mode = evaluation.Choice("mode", Absent.Evaluation.Mode),
        MaxConcurrency = evaluation.Whole("maxConcurrency", Absent.Evaluation.MaxConcurrency),
    };

    private static PromotionRecipe Promotion(PlacedJson promotion) => new()
    {
        Metric = promotion.Choice("metric", Absent.Promotion.Metric),
        Prefer = promotion.Choice("prefer", Absent.Promotion.Prefer),
        Margin = promotion.Number("margin", Absent.Promotion.Margin),
        Eligible = promotion.Texts("eligible"),
        RequireSignificance = promotion.Truth("requireSignificance", Absent.Promotion.RequireSignificance),
        Alpha = promotion.Number("alpha", Absent.Promotion.Alpha),
    };

    private static RetrainRecipe Retrain(PlacedJson retrain) => new()
    {
        MinimumNewRows = retrain.Whole("minimumNewRows", Absent.Retrain.MinimumNewRows),
        Drift = retrain.Truth("drift", Absent.Retrain.Drift),
        DriftIndex = retrain.Number("driftIndex", Absent.Retrain.DriftIndex),
        DriftAlpha = retrain.Number("driftAlpha", Absent.Retrain.DriftAlpha),
        AccuracyDrop = retrain.Number("accuracyDrop", Absent.Retrain.AccuracyDrop),
        MinimumFeedback = retrain.Whole("minimumFeedback", Absent.Retrain.MinimumFeedback),
        RestDays = retrain.Whole("restDays", Absent.Retrain.RestDays),
        DyingDays = retrain.Whole("dyingDays", Absent.Retrain.DyingDays),
    };

    private static ServingRecipe Serving(PlacedJson serving) => new()
    {
        Weights = serving["weights"] is { } weights
            ? weights.Members.ToImmutableSortedDictionary(member => member.Name, member => RecipeValue.Whole(member.Value), StringComparer.Ordinal)
            : Absent.Serving.Weights,
        Shadow = serving.TextOrNull("shadow"),
    };
}
