using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Batches and the lines of their output and error files.</summary>
internal static class BatchReading
{
    /// <summary>Null where there is not even an id.</summary>
    public static ProviderBatch? Batch(JsonElement batch)
    {
        if (batch.Text("id") is not { } id)
        {
            return null;
        }

        JsonElement? counts = batch.Member("request_counts");
        string state = batch.Text("status") ?? "";
        return new ProviderBatch
        {
            Id = id,
            State = State(state),
            RawState = state,
            InputFile = batch.Text("input_file_id"),
            OutputFile = batch.Text("output_file_id"),
            ErrorFile = batch.Text("error_file_id"),
            Total = counts?.Whole("total"),
            Completed = counts?.Whole("completed"),
            Failed = counts?.Whole("failed"),
            CreatedAt = batch.Time("created_at"),
            Errors = [.. batch.Member("errors") is { } errors ? errors.Items("data").Select(one => one.Text("message") ?? one.Text("code")).OfType<string>().Select(ErrorReading.Shortened) : []],
            Metadata = JobReading.Metadata(batch),
        };
    }

    /// <summary>One line: <c>{custom_id, response: {status_code, body}, error}</c>. Null where it has no id.</summary>
    public static BatchAnswer? Answer(string provider, ReadOnlyMemory<byte> line)
    {
        try
        {
            using JsonDocument json = JsonDocument.Parse(line);
            JsonElement root = json.RootElement;
            if (root.Text("custom_id") is not { } id)
            {
                return null;
            }

            if (root.Member("response") is { } response && response.Member("body") is { } body)
            {
                var answer = new ServiceAnswer(response.Whole("status_code") ?? 200, new BinaryData(Encoding.UTF8.GetBytes(body.GetRawText())), null);
                return answer.IsSuccess
                    ? new BatchAnswer(id, AnswerReading.Read(answer.Body.ToMemory().Span, latencyMs: 0), null) is { Answer: not null } read ? read : Unanswered(provider, id)
                    : ErrorReading.IsContentFilter(ServiceCall.Ask, answer)
                        ? new BatchAnswer(id, new ModelAnswer("", [], "content_filter", null, null, null, 0), null)
                        : new BatchAnswer(id, null, ErrorReading.Read(provider, ServiceCall.Ask, answer, key: null).Failure);
            }

            // batch_expired, batch_cancelled: the row was never asked.
            return Unanswered(provider, id, root.Member("error")?.Text("code"));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static BatchAnswer Unanswered(string provider, string id, string? code = null) => new(
        id, null, new Failure(FailureKind.Unavailable, $"{provider} gave no answer in the batch{(code is null ? "" : $" ({code})")}"));

    private static BatchState State(string word) => word.ToLowerInvariant() switch
    {
        "validating" => BatchState.Validating,
        "in_progress" => BatchState.InProgress,
        "finalizing" => BatchState.Finalizing,
        "cancelling" => BatchState.Cancelling,
        "completed" => BatchState.Completed,
        "failed" => BatchState.Failed,
        "expired" => BatchState.Expired,
        "cancelled" or "canceled" => BatchState.Cancelled,
        _ => BatchState.Unknown,
    };
}
