using System.Buffers;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Together;

/// <summary>Together's own routes under <c>/v1/fine-tunes</c>: rates are absolute, a job is continued by <c>from_checkpoint</c>,
/// and there is neither seed nor metadata. By its documentation; what was not seen run is in docs/providers.md.</summary>
internal sealed class TogetherJobWire(ProviderOptions options) : IJobWire
{
    private readonly ServiceProfile _profile = options.Profile;

    public string Route => "fine-tunes";

    public bool ContinuesByJob => true;

    public BinaryData Body(JobRequest request, string? continuedJob)
    {
        if (TrainingForm.FamilyOf(request.Model) == ModelFamily.Completion && options.Kind != ProviderKind.Simulator)
        {
            throw new FlowException(FailureKind.InvalidInput, $"{options.Name} does not train {request.Model}", "Name a chat model of its list");
        }

        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("model", request.BaseModel ?? request.Model);
            if (request.BaseModel is not null && request.BaseModel != request.Model)
            {
                // A fine-tune is continued by the id of its job, or by the name of what it made.
                json.WriteString("from_checkpoint", continuedJob ?? request.Model);
            }

            json.WriteString("training_file", request.TrainingFile);
            if (request.ValidationFile is not null)
            {
                json.WriteString("validation_file", request.ValidationFile);
                // Without evaluations a validation file is never looked at.
                json.WriteNumber("n_evals", Math.Max(1, request.Epochs ?? 1));
            }

            json.WriteString("suffix", request.Suffix);
            json.WriteNumber("n_checkpoints", Math.Max(1, request.Epochs ?? 1));
            HyperparameterWriting.Write(json, request, _profile);
            if (request.BatchSize is null)
            {
                json.WriteString(_profile.Hyperparameters.BatchSize, "max");
            }

            json.WriteStartObject("training_method");
            json.WriteString("method", "sft");
            json.WriteEndObject();
            HyperparameterWriting.WriteFields(json, _profile.BodyFields);
            json.WriteEndObject();
        }

        return new BinaryData(buffer.WrittenMemory);
    }

    public ProviderJob? Job(JsonElement job)
    {
        if (job.Text("id") is not { } id)
        {
            return null;
        }

        string word = job.Text("status") ?? "";
        JobState state = _profile.States.TryGetValue(word.ToLowerInvariant(), out JobState known) ? known : JobReading.State(word);
        DateTimeOffset? finished = job.Time("finished_at") ?? (state is JobState.Succeeded or JobState.Failed or JobState.Cancelled ? job.Time("updated_at") : null);
        return new ProviderJob
        {
            Id = id,
            Model = job.Text("model") ?? "",
            State = state,
            RawState = word,
            CreatedAt = job.Time("created_at"),
            FinishedAt = finished,
            // The name is given at creation, long before there is a model.
            TunedModel = state == JobState.Succeeded ? job.Text("model_output_name") ?? job.Text("output_name") : null,
            TrainedTokens = job.Long("token_count"),
            TrainingFile = job.Text("training_file"),
            Suffix = job.Text("suffix"),
            ErrorCode = state == JobState.Failed ? word : null,
            ErrorMessage = job.Text("error") is { } said ? ErrorReading.Shortened(said) : null,
            Epochs = job.Whole(_profile.Hyperparameters.Epochs),
            BatchSize = job.Whole(_profile.Hyperparameters.BatchSize),
            LearningRateMultiplier = _profile.Hyperparameters.Read(job.Number(_profile.Hyperparameters.LearningRate)),
        };
    }

    public JobCheckpoint? Checkpoint(JsonElement checkpoint) =>
        (checkpoint.Text("model_output_name") ?? checkpoint.Text("path")) is { } model ? new JobCheckpoint(checkpoint.Whole("step") ?? 0, model) : null;
}
