namespace FineTuneFlow.Core.Training;

/// <summary>The linear baseline: TF-IDF of words, word pairs and characters under multinomial logistic regression, trained in
/// process. What a newcomer to the task would try first, and every paid candidate has to beat.</summary>
public static class LinearBaseline
{
    private const int MaximumEpochs = 12;
    private const int Patience = 2;

    /// <summary>Trains on the training rows and keeps the epoch with the lowest validation loss; without validation rows a fixed
    /// number of epochs.</summary>
    /// <param name="train">At least one row.</param>
    /// <param name="validation">May be empty.</param>
    /// <param name="seed">Order of the examples.</param>
    /// <param name="onStep">Called after each step, for a training curve.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="Failures.FlowException">InvalidInput: no rows.</exception>
    public static LinearClassifier Train(
        IReadOnlyList<LabelledText> train,
        IReadOnlyList<LabelledText> validation,
        long seed,
        Action<TrainingPoint>? onStep = null,
        CancellationToken ct = default)
    {
        LinearTrainingOptions options = Options(train.Count, seed);
        var trainer = new LinearTrainer(train, options, validation, continueFrom: null, ct) { ValidateEvery = 16 };
        LinearClassifier? best = null;
        double lowest = double.PositiveInfinity;
        int worse = 0;
        int epochs = validation.Count == 0 ? options.Epochs : MaximumEpochs;
        for (int epoch = 0; epoch < epochs; epoch++)
        {
            trainer.RunEpoch(onStep, ct);
            double loss = trainer.Validate().Loss ?? double.NegativeInfinity;
            if (best is null || loss < lowest || validation.Count == 0)
            {
                (best, lowest, worse) = (trainer.Snapshot(), loss, 0);
            }
            else if (++worse == Patience)
            {
                break;
            }
        }

        return best!;
    }

    /// <summary>The settings for a number of training rows.</summary>
    public static LinearTrainingOptions Options(int rows, long seed) => new()
    {
        Seed = seed,
        Epochs = 5,
        BatchSize = 16,
        LearningRate = 0.15,
        InitialAccumulator = 0.01,
        L2 = 1e-5,
        Features = new TextFeatureOptions
        {
            HashBits = rows > 20_000 ? 20 : 18,
            WordNgrams = 2,
            ShortestCharacterNgram = 3,
            LongestCharacterNgram = 5,
            MinimumDocuments = rows > 1_000 ? 2 : 1,
        },
    };
}
