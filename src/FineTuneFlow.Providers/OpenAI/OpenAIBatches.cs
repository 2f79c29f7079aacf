using System.Buffers;
using System.ClientModel;
using System.Runtime.CompilerServices;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>The Batch API.</summary>
internal sealed class OpenAIBatches(ServiceConnection service, ProviderOptions options, AskingManners manners) : IBatchInference
{
    private const int MostQuestions = 50_000;
    private const int MostBytes = 200 * 1024 * 1024;
    private const string Purpose = "batch";

    public async Task<ProviderFile?> FindQuestionsAsync(string name, CancellationToken cancellation = default)
    {
        await foreach (JsonElement one in service.PagesAsync(ServiceCall.ListFiles, $"files?purpose={Purpose}&order=desc", 1000, cancellation))
        {
            if (one.Text("filename") == name && one.Text("purpose") is null or Purpose && JobReading.File(one) is { } file)
            {
                return file;
            }
        }

        return null;
    }

    public bool AnswersOnly(string model) => manners.Of(model).InBatchesOnly;

    public async Task<ProviderFile> UploadQuestionsAsync(string name, IReadOnlyList<BatchQuestion> questions, CancellationToken cancellation = default)
    {
        ReadOnlyMemory<byte> lines = Lines(questions);
        // Batches are JSON for a machine: unlike training files they go without a byte order mark, at Azure too.
        using var form = new MultipartFile(
            [new("purpose", Purpose)], "file", name, new MemoryStream(lines.ToArray(), writable: false), lines.Length, byteOrderMark: false);
        JsonElement answer = await service.SendJsonAsync(
            ServiceCall.UploadFile, "POST", "files", form, form.ContentType, options.UploadTimeout, cancellation);
        return JobReading.File(answer) ?? throw service.Unreadable(ServiceCall.UploadFile);
    }

    public async Task<ProviderBatch> CreateBatchAsync(
        string questionsFile, ModelFamily family, IReadOnlyDictionary<string, string> metadata, CancellationToken cancellation = default)
    {
        var body = new
        {
            input_file_id = questionsFile,
            endpoint = "/v1/" + QuestionWriting.Route(family),
            completion_window = "24h",
            metadata,
        };
        JsonElement answer = await service.SendJsonAsync(
            ServiceCall.CreateBatch, "POST", "batches", BinaryContent.Create(BinaryData.FromObjectAsJson(body)), cancellation: cancellation);
        return BatchReading.Batch(answer) ?? throw service.Unreadable(ServiceCall.CreateBatch);
    }

    public async IAsyncEnumerable<ProviderBatch> FindBatchesAsync(
        IReadOnlyDictionary<string, string> metadata, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        await foreach (JsonElement one in service.PagesAsync(ServiceCall.FindBatches, "batches", 100, cancellation))
        {
            if (BatchReading.Batch(one) is { } batch && metadata.All(pair => batch.Metadata.TryGetValue(pair.Key, out string? value) && value == pair.Value))
            {
                yield return batch;
            }
        }
    }

    public async Task<ProviderBatch?> GetBatchAsync(string batchId, CancellationToken cancellation = default)
    {
        JsonElement? answer = await service.FindJsonAsync(ServiceCall.GetBatch, Route(batchId), cancellation);
        return answer is { } batch ? BatchReading.Batch(batch) ?? throw service.Unreadable(ServiceCall.GetBatch) : null;
    }

    public async Task<ProviderBatch> CancelBatchAsync(string batchId, CancellationToken cancellation = default)
    {
        try
        {
            JsonElement answer = await service.SendJsonAsync(ServiceCall.CancelBatch, "POST", $"{Route(batchId)}/cancel", cancellation: cancellation);
            return BatchReading.Batch(answer) ?? throw service.Unreadable(ServiceCall.CancelBatch);
        }
        catch (FlowException refused) when (refused.Failure.Kind is FailureKind.InvalidInput or FailureKind.Conflict)
        {
            ProviderBatch? batch = await GetBatchAsync(batchId, cancellation);
            if (batch is not { HasEnded: true } and not { State: BatchState.Cancelling })
            {
                throw;
            }

            return batch;
        }
    }

    public async IAsyncEnumerable<BatchAnswer> ReadAnswersAsync(
        ProviderBatch batch, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (string file in new[] { batch.OutputFile, batch.ErrorFile }.OfType<string>())
        {
            BinaryData content = await service.SendAsync(
                ServiceCall.ReadFile, "GET", $"files/{Uri.EscapeDataString(file)}/content", timeout: options.UploadTimeout, cancellation: cancellation);
            ReadOnlyMemory<byte> rest = content.ToMemory();
            while (!rest.IsEmpty)
            {
                int end = rest.Span.IndexOf((byte)'\n');
                ReadOnlyMemory<byte> line = end < 0 ? rest : rest[..end];
                rest = end < 0 ? default : rest[(end + 1)..];
                if (!line.Span.Trim(" \r\t"u8).IsEmpty)
                {
                    yield return BatchReading.Answer(options.Name, line) ?? throw service.Unreadable(ServiceCall.ReadFile);
                }
            }
        }
    }

    private static string Route(string id) => $"batches/{Uri.EscapeDataString(id)}";

    private ReadOnlyMemory<byte> Lines(IReadOnlyList<BatchQuestion> questions)
    {
        if (questions.Count is 0 or > MostQuestions || questions.Select(one => QuestionWriting.Route(one.Question.Family)).Distinct().Count() > 1
            || questions.DistinctBy(one => one.Id).Count() < questions.Count)
        {
            throw new FlowException(FailureKind.InvalidInput,
                $"A batch takes 1 to {MostQuestions} questions of one model family and of different ids, not these {questions.Count}", "Split the rows into more chunks");
        }

        var buffer = new ArrayBufferWriter<byte>(questions.Count * 512);
        using var json = new Utf8JsonWriter(buffer);
        foreach (BatchQuestion one in questions)
        {
            json.WriteStartObject();
            json.WriteString("custom_id"u8, one.Id);
            json.WriteString("method"u8, "POST"u8);
            json.WriteString("url"u8, "/v1/" + QuestionWriting.Route(one.Question.Family));
            json.WritePropertyName("body"u8);
            QuestionWriting.Write(json, one.Question, options, manners.Of(one.Question.Model));
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            buffer.Write("\n"u8);
            if (buffer.WrittenCount > MostBytes)
            {
                throw new FlowException(FailureKind.InvalidInput, "The batch's questions are more than 200 MB", "Split the rows into more chunks");
            }
        }

        return buffer.WrittenMemory;
    }
}
