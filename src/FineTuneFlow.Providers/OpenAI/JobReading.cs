using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Files, jobs, events and checkpoints as the services write them.</summary>
internal static class JobReading
{
    /// <summary>Null where there is not even an id.</summary>
    public static ProviderFile? File(JsonElement file) =>
        file.Text("id") is { } id
            ? new ProviderFile(id, file.Text("filename") ?? "", file.Long("bytes"), FileStateOf(file.Text("status")), Message(file.Text("status_details") ?? file.Member("error")?.Text("message")))
            : null;

    /// <summary>Null where there is not even an id.</summary>
    public static ProviderJob? Job(JsonElement job, ServiceProfile profile)
    {
        if (job.Text("id") is not { } id)
        {
            return null;
        }

        string word = job.Text("status") ?? "";
        HyperparameterFields fields = profile.Hyperparameters;
        // Today's place first; the top-level one is deprecated but the only one that some services fill.
        JsonElement? method = job.Member("method") is { } chosen ? chosen.Member(chosen.Text("type") ?? "supervised")?.Member("hyperparameters") : null;
        JsonElement? old = job.Member("hyperparameters");
        JsonElement? error = job.Member("error");
        return new ProviderJob
        {
            Id = id,
            Model = job.Text("model") ?? "",
            State = State(word, job, profile),
            RawState = word,
            CreatedAt = job.Time("created_at"),
            FinishedAt = job.Time("finished_at"),
            TunedModel = job.Text("fine_tuned_model"),
            TrainedTokens = job.Long("trained_tokens"),
            TrainingFile = job.Text("training_file"),
            Suffix = job.Text("suffix") ?? job.Text("user_provided_suffix"),
            ResultFiles = [.. job.Items("result_files").Select(FileId).OfType<string>()],
            ErrorCode = error?.Text("code"),
            ErrorMessage = Message(error?.Text("message")),
            Epochs = method?.Whole(fields.Epochs) ?? old?.Whole(fields.Epochs),
            BatchSize = method?.Whole(fields.BatchSize) ?? old?.Whole(fields.BatchSize),
            LearningRateMultiplier = fields.Read(method?.Number(fields.LearningRate) ?? old?.Number(fields.LearningRate)),
            Seed = job.Whole("seed"),
            Metadata = Metadata(job),
        };
    }

    public static ImmutableSortedDictionary<string, string> Metadata(JsonElement value) =>
        value.Member("metadata") is { ValueKind: JsonValueKind.Object } pairs
            ? pairs.WholeMembers().Where(pair => pairs.Text(pair.Name) is not null)
                .GroupBy(pair => pair.Name).ToImmutableSortedDictionary(group => group.Key, group => pairs.Text(group.Key)!, StringComparer.Ordinal)
            : ImmutableSortedDictionary<string, string>.Empty.WithComparers(StringComparer.Ordinal);

    public static JobEvent Event(JsonElement one)
    {
        JsonElement? data = one.Member("data") is { ValueKind: JsonValueKind.Object } given ? given : null;
        return new JobEvent(
            one.Time("created_at"),
            one.Text("level") ?? "info",
            one.Text("type") ?? "message",
            one.Text("message") ?? "",
            data?.Whole("step"),
            data?.Whole("total_steps"),
            data is null
                ? ImmutableSortedDictionary<string, double>.Empty
                : data.Value.WholeMembers()
                    .Where(pair => pair.Name is not ("step" or "total_steps") && pair.Value.AsNumber() is not null)
                    .DistinctBy(pair => pair.Name)
                    .ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value.AsNumber()!.Value, StringComparer.Ordinal));
    }

    /// <summary>Goes through history as the reason of a failure.</summary>
    private static string? Message(string? said) => said is null ? null : ErrorReading.Shortened(said);

    private static string? FileId(JsonElement entry) => entry.ValueKind switch
    {
        JsonValueKind.String => entry.AsText() is { Length: > 0 } id ? id : null,
        _ => entry.Text("id"),
    };

    /// <summary>Some services have no states of files: theirs are there at once.</summary>
    private static FileState FileStateOf(string? word) => word switch
    {
        null or "uploaded" or "processed" => FileState.Ready,
        "error" => FileState.Failed,
        "deleted" => FileState.Deleted,
        _ => FileState.Pending,
    };

    /// <summary>The profile's word first, then OpenAI's. A word that neither knows is an end where there is evidence of one: a model, or
    /// the time at which the job finished.</summary>
    private static JobState State(string word, JsonElement job, ServiceProfile profile)
    {
        JobState state = profile.States.TryGetValue(word.ToLowerInvariant(), out JobState known) ? known : State(word);
        return state != JobState.Unknown ? state
            : job.Text("fine_tuned_model") is not null ? JobState.Succeeded
            : job.Time("finished_at") is not null ? JobState.Failed
            : JobState.Unknown;
    }

    public static JobState State(string word) => word.ToLowerInvariant() switch
    {
        "pending" or "created" or "notrunning" => JobState.Pending,
        "validating_files" => JobState.ValidatingFiles,
        "queued" => JobState.Queued,
        "running" => JobState.Running,
        "paused" or "pausing" or "resuming" => JobState.Paused,
        "succeeded" => JobState.Succeeded,
        "failed" => JobState.Failed,
        "cancelled" or "canceled" => JobState.Cancelled,
        // "cancelling" too: it will be cancelled, but is not yet.
        _ => JobState.Unknown,
    };
}
