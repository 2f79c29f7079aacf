using System.Buffers;
using System.Text.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary><c>fine_tuning/jobs</c>, with a profile's names, places and units.</summary>
internal sealed class OpenAIJobWire(ProviderOptions options) : IJobWire
{
    private readonly ServiceProfile _profile = options.Profile;

    public string Route => "fine_tuning/jobs";

    public bool ContinuesByJob => false;

    public BinaryData Body(JobRequest request, string? continuedJob)
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
            if (request.Seed is { } seed && _profile.TakesSeed)
            {
                json.WriteNumber("seed", seed);
            }

            WriteTier(json, request.Tier);
            if (_profile.KeepsMetadata)
            {
                json.WriteStartObject("metadata");
                foreach ((string key, string value) in request.Metadata)
                {
                    json.WriteString(key, value);
                }

                json.WriteEndObject();
            }

            HyperparameterWriting.Write(json, request, _profile);
            HyperparameterWriting.WriteFields(json, _profile.BodyFields);
            json.WriteEndObject();
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    public ProviderJob? Job(JsonElement job) => JobReading.Job(job, _profile);

    public JobCheckpoint? Checkpoint(JsonElement checkpoint) =>
        checkpoint.Text("fine_tuned_model_checkpoint") is { } model ? new JobCheckpoint(
            checkpoint.Whole("step_number") ?? 0,
            model,
            checkpoint.Member("metrics") is { } metrics ? metrics.Number("full_valid_loss") ?? metrics.Number("valid_loss") : null) : null;

    /// <summary>Left out at Azure, it brings the misleading "base model does not support fine-tuning".</summary>
    private void WriteTier(Utf8JsonWriter json, TrainingTier? asked)
    {
        if (_profile.TierField is { } field && (asked ?? options.Tier ?? _profile.DefaultTier) is { } tier)
        {
            json.WriteString(field, HyperparameterWriting.TierWord(tier, options));
        }
    }
}
