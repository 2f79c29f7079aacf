using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Files, jobs, events and checkpoints as the services write them.</summary>
internal static class JobReading
{
    /// <summary>Null where there is not even an id.</summary>
    public static ProviderFile? File(JsonElement file) =>
        file.Text("id") is { } id
            ? new ProviderFile(id, file.Text("filename") ?? "", file.Long("bytes"), file.Text("status") ?? "uploaded", Message(file.Text("status_details") ?? file.Member("error")?.Text("message")))
            : null;

    /// <summary>Null where there is not even an id.</summary>
    public static ProviderJob? Job(JsonElement job)
    {
        if (job.Text("id") is not { } id)
        {
            return null;
        }

        string state = job.Text("status") ?? "";
        // Today's place first; the top-level one is deprecated but the only one that some services fill.
        JsonElement? method = job.Member("method") is { } chosen ? chosen.Member(chosen.Text("type") ?? "supervised")?.Member("hyperparameters") : null;
        JsonElement? old = job.Member("hyperparameters");
        JsonElement? error = job.Member("error");
        return new ProviderJob
        {
            Id = id,
            Model = job.Text("model") ?? "",
            State = State(state),
            RawState = state,
            CreatedAt = job.Time("created_at"),
            FinishedAt = job.Time("finished_at"),
            TunedModel = job.Text("fine_tuned_model"),
            TrainedTokens = job.Long("trained_tokens"),
            TrainingFile = job.Text("training_file"),
            ResultFiles = [.. job.Items("result_files").Select(FileId).OfType<string>()],
            ErrorCode = error?.Text("code"),
            ErrorMessage = Message(error?.Text("message")),
            Epochs = method?.Whole("n_epochs") ?? old?.Whole("n_epochs"),
            BatchSize = method?.Whole("batch_size") ?? old?.Whole("batch_size"),
            LearningRateMultiplier = method?.Number("learning_rate_multiplier") ?? old?.Number("learning_rate_multiplier"),
            Seed = job.Whole("seed"),
            Metadata = Metadata(job),
        };
    }

    public static ImmutableSortedDictionary<string, string> Metadata(JsonElement value) =>
        value.Member("metadata") is { ValueKind: JsonValueKind.Object } pairs
            ? pairs.EnumerateObject().Where(pair => pairs.Text(pair.Name) is not null)
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
                : data.Value.EnumerateObject()
                    .Where(pair => pair.Name is not ("step" or "total_steps") && pair.Value.AsNumber() is not null)
                    .DistinctBy(pair => pair.Name)
                    .ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value.AsNumber()!.Value, StringComparer.Ordinal));
    }

    public static JobCheckpoint? Checkpoint(JsonElement one) =>
        one.Text("fine_tuned_model_checkpoint") is { } model ? new JobCheckpoint(one.Whole("step_number") ?? 0, model) : null;

    /// <summary>Goes through history as the reason of a failure.</summary>
    private static string? Message(string? said) => said is null ? null : ErrorReading.Shortened(said);

    private static string? FileId(JsonElement entry) => entry.ValueKind switch
    {
        JsonValueKind.String => entry.AsText() is { Length: > 0 } id ? id : null,
        _ => entry.Text("id"),
    };

    private static JobState State(string word) => word.ToLowerInvariant() switch
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
