using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Services;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>A create request, checked.</summary>
internal static class JobRequest
{
    private static readonly HashSet<string> Known =
    [
        "model", "training_file", "validation_file", "suffix", "seed", "metadata", "method", "hyperparameters", "integrations",
    ];

    private static readonly HashSet<string> KnownAtAzure = [.. Known, "trainingType"];
    private const int MaximumPairs = 16;
    private const int MaximumKey = 64;
    private const int MaximumValue = 512;

    /// <exception cref="ApiException">400, 404: what the service refuses at once; faults of the file's content fail the job later.</exception>
    public static FineTuningJob Read(JsonElement body, SimulatedService service, FileStore files, ModelStore models, TimeProvider clock)
    {
        CheckFields(body, service);
        string model = body.RequiredString("model");
        StoredFile training = File(files, body.RequiredString("training_file"), "training_file");
        StoredFile? validation = body.OptionalString("validation_file") is { } id ? File(files, id, "validation_file") : null;
        (string trained, string baseModel) = Model(model, models);
        return new FineTuningJob
        {
            Id = Ids.New("ftjob-"),
            Model = trained,
            BaseModel = baseModel,
            TrainingFile = training.Id,
            ValidationFile = validation?.Id,
            Suffix = Suffix(body, service.Azure ? 40 : 64),
            // Made of the data where none is given, so that the same data gives the same model.
            Seed = Seed(body) ?? Convert.ToUInt32(files.TextHash(training)[..7], 16),
            Metadata = Metadata(body),
            Hyperparameters = Hyperparameters.Read(body, service),
            TrainingType = body.OptionalString("trainingType"),
            Service = service.Name,
            CreatedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
            Order = 0,
            Status = JobStatus.Validating,
        };
    }

    private static void CheckFields(JsonElement body, SimulatedService service)
    {
        KnownFields.Check(body, service.Azure ? KnownAtAzure : service.NeededFields.Length > 0 ? [.. Known, .. service.NeededFields] : Known);
        if (body.TryGetProperty("integrations", out JsonElement integrations) && integrations.ValueKind == JsonValueKind.Array && integrations.GetArrayLength() > 0)
        {
            throw KnownFields.Unsupported("integrations", "is not served by the simulator: leave it out.");
        }

        if (service.NeededFields.FirstOrDefault(field => !body.TryGetProperty(field, out _)) is { } missing)
        {
            throw new ApiException(400, $"Missing required parameter: '{missing}'.", "missing_required_parameter", missing);
        }

        if (service.OnlyTier is { } tier && !tier.Equals(body.OptionalString("trainingType"), StringComparison.OrdinalIgnoreCase))
        {
            // What Foundry really says, misleading as it is.
            throw new ApiException(400, "The specified base model does not support fine-tuning.", "invalidPayload");
        }
    }

    internal static (string Trained, string Base) Model(string name, ModelStore models)
    {
        if (BaseModels.Find(name) is { Tunable: true } found)
        {
            return (found.Id, found.Id);
        }

        return models.Find(name) is { } tuned && BaseModels.Find(name) is null
            ? (tuned.Id, tuned.BaseModel)
            : throw new ApiException(
                name.StartsWith("ft:", StringComparison.Ordinal) ? 404 : 400,
                $"Model {name} is not available for fine-tuning or does not exist.",
                name.StartsWith("ft:", StringComparison.Ordinal) ? "model_not_found" : "model_not_available",
                "model");
    }

    internal static StoredFile File(FileStore files, string id, string param)
    {
        StoredFile file = files.Find(id) ?? throw new ApiException(400, $"invalid {param}: {id}", "file_not_found", param);
        return file.Purpose == "fine-tune"
            ? file
            : throw ApiException.Invalid(param, $"File {id} has purpose '{file.Purpose}', but 'fine-tune' is needed.");
    }

    internal static string? Suffix(JsonElement body, int longest)
    {
        string? suffix = body.OptionalString("suffix");
        if (suffix is null)
        {
            return null;
        }

        return suffix.Length > 0 && suffix.Length <= longest && suffix.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')
            ? suffix
            : throw ApiException.Invalid("suffix", $"suffix must have 1 to {longest} characters of a-z, A-Z, 0-9, '-', '_' and '.'.");
    }

    private static long? Seed(JsonElement body)
    {
        if (!body.TryGetProperty("seed", out JsonElement seed) || seed.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return seed.ValueKind == JsonValueKind.Number && seed.TryGetInt64(out long value) && value is >= 0 and <= int.MaxValue
            ? value
            : throw ApiException.Invalid("seed", $"seed must be a whole number from 0 to {int.MaxValue}.");
    }

    private static ImmutableSortedDictionary<string, string> Metadata(JsonElement body)
    {
        ImmutableSortedDictionary<string, string> none = ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
        if (!body.TryGetProperty("metadata", out JsonElement metadata) || metadata.ValueKind == JsonValueKind.Null)
        {
            return none;
        }

        if (metadata.ValueKind != JsonValueKind.Object
            || metadata.EnumerateObject().Count() > MaximumPairs
            || metadata.EnumerateObject().Any(pair => pair.Name.Length > MaximumKey
                || pair.Value.ValueKind != JsonValueKind.String || pair.Value.GetString()!.Length > MaximumValue))
        {
            throw ApiException.Invalid(
                "metadata",
                $"metadata must be at most {MaximumPairs} pairs of text, keys up to {MaximumKey} and values up to {MaximumValue} characters.");
        }

        return none.AddRange(metadata.EnumerateObject().Select(pair => KeyValuePair.Create(pair.Name, pair.Value.GetString()!)));
    }
}
