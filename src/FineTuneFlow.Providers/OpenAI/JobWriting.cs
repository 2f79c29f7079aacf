using System.Buffers;
using System.Text.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>The body of a job's creation.</summary>
internal static class JobWriting
{
    public static BinaryData Body(JobRequest request, ProviderOptions options)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", request.Model);
            json.WriteString("training_file", request.TrainingFile);
            if (request.ValidationFile is not null)
            {
                json.WriteString("validation_file", request.ValidationFile);
            }

            json.WriteString("suffix", request.Suffix);
            if (request.Seed is { } seed)
            {
                json.WriteNumber("seed", seed);
            }

            // Left out at Azure, it brings the misleading "base model does not support fine-tuning".
            if (options.Kind == ProviderKind.AzureOpenAI)
            {
                json.WriteString("trainingType", TierName(request.Tier ?? options.Tier ?? TrainingTier.Standard));
            }

            json.WriteStartObject("metadata");
            foreach ((string key, string value) in request.Metadata)
            {
                json.WriteString(key, value);
            }

            json.WriteEndObject();
            json.WriteStartObject("method");
            json.WriteString("type", "supervised");
            json.WriteStartObject("supervised");
            json.WriteStartObject("hyperparameters");
            Write(json, "n_epochs", request.Epochs);
            Write(json, "batch_size", request.BatchSize);
            Write(json, "learning_rate_multiplier", request.LearningRateMultiplier);
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
            json.WriteEndObject();
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    private static string TierName(TrainingTier tier) => tier switch
    {
        TrainingTier.GlobalStandard => "globalstandard",
        TrainingTier.DataZone => "datazonestandard",
        TrainingTier.Developer => "developerTier",
        _ => "standard",
    };

    private static void Write(Utf8JsonWriter json, string name, double? value)
    {
        if (value is { } number)
        {
            json.WriteNumber(name, number);
        }
        else
        {
            json.WriteString(name, "auto");
        }
    }
}
