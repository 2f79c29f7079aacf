using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Trainer.Training;

namespace FineTuneFlow.Trainer.Contract;

/// <summary>What an execution is given: the environment variables of docs/baseline-contract.md.</summary>
internal sealed record JobSettings
{
    public required string RunId { get; init; }
    public required string Baseline { get; init; }
    public required string Model { get; init; }
    public required string Train { get; init; }
    public required string Validation { get; init; }
    public required string Texts { get; init; }
    public required string Labels { get; init; }
    public required string Output { get; init; }
    /// <summary>The folder of an encoder that was trained here before; null: the model as it was published.</summary>
    public string? ContinueFrom { get; init; }
    public DeviceWish Device { get; init; } = DeviceWish.Auto;
    public required TrainingOptions Training { get; init; }

    /// <param name="variable">Looks a variable up; null or empty: not set.</param>
    /// <exception cref="FlowException">InvalidInput, naming the variable.</exception>
    public static JobSettings Read(Func<string, string?> variable)
    {
        string? Given(string name) => variable(name) is { Length: > 0 } value ? value : null;
        string Needed(string name) => Given(name) ?? throw Wrong(name, "is not set", "Set it as docs/baseline-contract.md says");
        int Whole(string name, int least, int most, int otherwise) => Given(name) is not { } text ? otherwise
            : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= least && value <= most ? value
            : throw Wrong(name, $"is \"{text}\"", $"Write a whole number from {least} to {most}");
        T Choice<T>(string name, T otherwise)
            where T : struct, Enum => Given(name) is not { } text ? otherwise
            : Enum.TryParse(text, ignoreCase: true, out T value) && !char.IsDigit(text[0]) ? value
            : throw Wrong(name, $"is \"{text}\"", $"Write one of: {string.Join(", ", Enum.GetNames<T>()).ToLowerInvariant()}");
        double? rate = Given("FTF_LEARNING_RATE") is not { } asked ? null
            : double.TryParse(asked, NumberStyles.Float, CultureInfo.InvariantCulture, out double given) && given is > 0 and <= 1 ? given
            : throw Wrong("FTF_LEARNING_RATE", $"is \"{asked}\"", "Write a number above 0 and at most 1, such as 0.00005");
        return new JobSettings
        {
            RunId = Needed("FTF_RUN_ID"),
            Baseline = Needed("FTF_BASELINE"),
            Model = Needed("FTF_MODEL"),
            Train = Needed("FTF_TRAIN"),
            Validation = Needed("FTF_VALIDATION"),
            Texts = Needed("FTF_TEXTS"),
            Labels = Needed("FTF_LABELS"),
            Output = Needed("FTF_OUTPUT"),
            ContinueFrom = Given("FTF_CONTINUE_FROM"),
            Device = Choice("FTF_DEVICE", DeviceWish.Auto),
            Training = new TrainingOptions
            {
                Epochs = Whole("FTF_EPOCHS", 1, 50, 1),
                Seed = Whole("FTF_SEED", int.MinValue, int.MaxValue, 42),
                LearningRate = rate,
                BatchSize = Whole("FTF_BATCH_SIZE", 1, 1024, TrainingOptions.UsualBatchSize),
                MaxLength = Given("FTF_MAX_LENGTH") is null ? null : Whole("FTF_MAX_LENGTH", 3, 8192, 0),
                ClassWeights = Choice("FTF_CLASS_WEIGHTS", ClassWeighting.None),
                Precision = Choice("FTF_PRECISION", PrecisionWish.Auto),
                CheckpointSeconds = Whole("FTF_CHECKPOINT_SECONDS", 0, 86400, TrainingOptions.UsualCheckpointSeconds),
            },
        };
    }

    private static FlowException Wrong(string name, string what, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, $"The variable {name} {what}", remedy, Field: name));
}
