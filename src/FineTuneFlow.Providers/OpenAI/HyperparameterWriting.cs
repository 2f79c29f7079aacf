using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>The parts of a job's body that profiles decide about.</summary>
internal static class HyperparameterWriting
{
    public static void Write(Utf8JsonWriter json, JobRequest request, ServiceProfile profile)
    {
        HyperparameterFields fields = profile.Hyperparameters;
        switch (fields.Place)
        {
            case HyperparameterPlace.Method:
                json.WriteStartObject("method");
                json.WriteString("type", "supervised");
                json.WriteStartObject("supervised");
                json.WriteStartObject("hyperparameters");
                WriteAll(json, request, fields);
                json.WriteEndObject();
                json.WriteEndObject();
                json.WriteEndObject();
                break;
            case HyperparameterPlace.Flat:
                json.WriteStartObject("hyperparameters");
                WriteAll(json, request, fields);
                json.WriteEndObject();
                break;
            default:
                WriteAll(json, request, fields);
                break;
        }
    }

    /// <param name="json">Inside an object.</param>
    /// <param name="fields">Name and JSON value.</param>
    public static void WriteFields(Utf8JsonWriter json, ImmutableSortedDictionary<string, string> fields)
    {
        foreach ((string name, string value) in fields)
        {
            json.WritePropertyName(name);
            json.WriteRawValue(value);
        }
    }

    /// <exception cref="FlowException">InvalidInput: the service does not offer the tier.</exception>
    public static string TierWord(TrainingTier tier, ProviderOptions options) =>
        options.Profile.Tiers.TryGetValue(tier, out string? word)
            ? word
            : throw new FlowException(
                FailureKind.InvalidInput,
                $"{options.Name} does not train in the tier {SettingReader.Camel(tier)}",
                $"Use {string.Join(" or ", options.Profile.Tiers.Keys.Select(SettingReader.Camel))}, or leave the tier out");

    private static void WriteAll(Utf8JsonWriter json, JobRequest request, HyperparameterFields fields)
    {
        Write(json, fields, fields.Epochs, request.Epochs);
        Write(json, fields, fields.BatchSize, request.BatchSize);
        Write(json, fields, fields.LearningRate, fields.Written(request.LearningRateMultiplier));
        WriteFields(json, fields.Extra);
    }

    private static void Write(Utf8JsonWriter json, HyperparameterFields fields, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else if (fields.WritesAuto)
        {
            json.WriteString(name, "auto");
        }
    }
}
