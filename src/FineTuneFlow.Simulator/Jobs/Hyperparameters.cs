using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;
using FineTuneFlow.Simulator.Services;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>A job's hyperparameters; null is "auto" until the training file has been read.</summary>
internal sealed record Hyperparameters(int? Epochs, int? BatchSize, double? LearningRateMultiplier)
{
    private static readonly HashSet<string> Known = ["n_epochs", "batch_size", "learning_rate_multiplier"];
    private static readonly HashSet<string> KnownWithLora = [.. Known, "lora", "lora_r", "lora_alpha", "lora_dropout", "packing", "warmup_ratio", "weight_decay", "max_grad_norm", "context_length"];

    /// <summary>From <c>method.supervised.hyperparameters</c>, or the deprecated <c>hyperparameters</c>.</summary>
    public static Hyperparameters Read(JsonElement body, SimulatedService service)
    {
        JsonElement given = default;
        string path = "hyperparameters";
        if (service.FlatHyperparameters && body.TryGetProperty("method", out _))
        {
            throw KnownFields.Unknown("method");
        }

        if (body.TryGetProperty("method", out JsonElement method) && method.ValueKind == JsonValueKind.Object)
        {
            string? type = method.OptionalString("type");
            if (type is not null and not "supervised")
            {
                throw ApiException.Invalid("method.type", $"Method '{type}' is not served by the simulator: use 'supervised'.");
            }

            path = "method.supervised.hyperparameters";
            if (method.TryGetProperty("supervised", out JsonElement supervised) && supervised.ValueKind == JsonValueKind.Object)
            {
                supervised.TryGetProperty("hyperparameters", out given);
            }
        }
        else
        {
            body.TryGetProperty("hyperparameters", out given);
        }

        if (given.ValueKind == JsonValueKind.Object)
        {
            KnownFields.Check(given, service.FlatHyperparameters ? KnownWithLora : Known, path + ".");
        }

        double? epochs = Number(given, path, "n_epochs", 1, 50, whole: true);
        double? batch = Number(given, path, "batch_size", 1, 256, whole: true);
        return new Hyperparameters((int?)epochs, (int?)batch, service.Multiplier(Number(given, path, "learning_rate_multiplier", double.Epsilon, service.RateOfOne is null ? 10_000 : 0.1, whole: false)));
    }

    /// <summary>What "auto" becomes for a number of examples: three epochs, more for few examples and fewer for very many; about
    /// 0.2 % of the examples a batch; the base's own learning-rate multiplier.</summary>
    public Hyperparameters Resolve(int examples, BaseModel model)
    {
        int epochs = examples < 34 ? Math.Min(25, Math.Max(3, 100 / examples)) : examples > 25_000 ? Math.Max(1, 75_000 / examples) : 3;
        int largest = model.Family == Core.Training.ModelFamily.Completion ? 90 : 64;
        int batch = (int)Math.Clamp(Math.Round(examples * 0.002), 1, largest);
        return new Hyperparameters(Epochs ?? epochs, BatchSize ?? batch, LearningRateMultiplier ?? model.AutomaticMultiplier);
    }

    public JsonObject ToJson(SimulatedService service) => new()
    {
        ["n_epochs"] = Epochs is { } epochs ? epochs : "auto",
        ["batch_size"] = BatchSize is { } batch ? batch : "auto",
        ["learning_rate_multiplier"] = LearningRateMultiplier is { } rate ? rate * (service.RateOfOne ?? 1) : "auto",
    };

    internal static double? Number(JsonElement given, string path, string name, double low, double high, bool whole)
    {
        if (given.ValueKind != JsonValueKind.Object || !given.TryGetProperty(name, out JsonElement value)
            || value.ValueKind == JsonValueKind.Null || (value.ValueKind == JsonValueKind.String && value.GetString() == "auto"))
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number)
            && number >= low && number <= high && (!whole || number == Math.Floor(number))
            ? number
            : throw ApiException.Invalid(
                $"{path}.{name}", $"{name} must be \"auto\" or a {(whole ? "whole " : "")}number in its range (at most {high}).");
    }
}
