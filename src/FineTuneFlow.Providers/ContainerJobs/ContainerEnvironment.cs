using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.ContainerJobs;

/// <summary>The environment variables of the container's contract (docs/baseline-contract.md).</summary>
internal static class ContainerEnvironment
{
    public const string RunId = "FTF_RUN_ID";
    public const string Baseline = "FTF_BASELINE";
    public const string Attempt = "FTF_ATTEMPT";

    /// <param name="request">What is asked for.</param>
    /// <param name="address">Turns a blob into what the container can open: an https address, or a path.</param>
    public static ImmutableArray<KeyValuePair<string, string>> Of(ContainerJobRequest request, Func<BlobPath, string> address) =>
    [
        .. Encoder(request, address),
        new(RunId, request.RunId),
        new(Baseline, request.Baseline),
        new(Attempt, request.Attempt.ToString(CultureInfo.InvariantCulture)),
        new("FTF_MODEL", request.Model),
        new("FTF_EPOCHS", request.Epochs.ToString(CultureInfo.InvariantCulture)),
        new("FTF_SEED", request.Seed.ToString(CultureInfo.InvariantCulture)),
        new("FTF_TRAIN", address(request.Train)),
        new("FTF_VALIDATION", address(request.Validation)),
        new("FTF_TEXTS", address(request.Texts)),
        new("FTF_LABELS", address(request.Labels)),
        new("FTF_OUTPUT", address(request.Output)),
    ];

    private static IEnumerable<KeyValuePair<string, string>> Encoder(ContainerJobRequest request, Func<BlobPath, string> address)
    {
        if (!request.IsEncoder)
        {
            yield break;
        }

        EncoderSettings settings = request.Encoder;
        yield return new("FTF_CLASS_WEIGHTS", settings.ClassWeights.ToString().ToLowerInvariant());
        yield return new("FTF_DEVICE", settings.Device.ToString().ToLowerInvariant());
        if (settings.LearningRate is { } rate)
        {
            yield return new("FTF_LEARNING_RATE", rate.ToString("R", CultureInfo.InvariantCulture));
        }

        if (settings.MaxLength is { } length)
        {
            yield return new("FTF_MAX_LENGTH", length.ToString(CultureInfo.InvariantCulture));
        }

        if (settings.BatchSize is { } batch)
        {
            yield return new("FTF_BATCH_SIZE", batch.ToString(CultureInfo.InvariantCulture));
        }

        if (request.ContinueFrom is { } earlier)
        {
            yield return new("FTF_CONTINUE_FROM", address(earlier));
        }
    }
}
