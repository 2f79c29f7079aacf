using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Simulator.Files;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Inference;
using FineTuneFlow.Simulator.Services;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Simulator.State;

namespace FineTuneFlow.Simulator.Batches;

/// <summary>Works batches off, one after the other. A batch that was cut off by the end of the process is begun again.</summary>
internal sealed class BatchRunner(
    SimulatorOptions options, TimeProvider clock, BatchStore batches, FileStore files, InferenceService inference, ILogger<BatchRunner> log)
    : BackgroundService
{
    private const int MaximumRequests = 50_000;
    private const int SaveEvery = 500;
    private readonly Channel<string> _queue = Channel.CreateUnbounded<string>();

    public void Start(string id) => _queue.Writer.TryWrite(id);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        foreach (Batch batch in Enumerable.Reverse(batches.All()).Where(batch => !batch.IsOver))
        {
            Start(batch.Id);
        }

        try
        {
            await foreach (string id in _queue.Reader.ReadAllAsync(stoppingToken))
            {
                await RunAsync(id, stoppingToken);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The process ends; what is open is begun again by the next one.
        }
    }

    private async Task RunAsync(string id, CancellationToken ct)
    {
        try
        {
            await Task.Delay(options.Simulated(options.ValidateFor), clock, ct);
            Run(id, ct);
        }
        catch (Exception e) when (e is ApiException or JsonException or IOException)
        {
            log.LogWarning("Batch {Batch} failed: {Reason}", id, e.Message);
            End(id, "failed", [e is JsonException ? "A line of the input file is not JSON." : e.Message]);
        }
    }

    private void Run(string id, CancellationToken ct)
    {
        Batch batch = batches.Get(id);
        using var reader = new StreamReader(files.Open(batch.InputFile));
        List<BatchLine> lines = ReadLines(reader, batch);
        batch = batches.Change(id, before => before.Status == "cancelling"
            ? before
            : before with { Status = "in_progress", Total = lines.Count });
        string output = files.NewTemporaryPath();
        string errors = files.NewTemporaryPath();
        int completed = 0;
        int failed = 0;
        using (StreamWriter written = new(output), refused = new(errors))
        {
            foreach (BatchLine line in lines)
            {
                ct.ThrowIfCancellationRequested();
                if (batches.Get(id).Status == "cancelling")
                {
                    break;
                }

                (int status, string answer) = Ask(batch, line);
                (status == 200 ? written : refused).Write(Line(id, line.CustomId, status, answer) + "\n");
                completed += status == 200 ? 1 : 0;
                failed += status == 200 ? 0 : 1;
                if ((completed + failed) % SaveEvery == 0)
                {
                    batches.Change(id, before => before with { Completed = completed, Failed = failed });
                }
            }
        }

        string? outputFile = Keep(output, "output", id, completed);
        string? errorFile = Keep(errors, "errors", id, failed);
        batches.Change(id, before => before with
        {
            Status = before.Status == "cancelling" ? "cancelled" : "completed",
            EndedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
            Completed = completed,
            Failed = failed,
            OutputFile = outputFile,
            ErrorFile = errorFile,
        });
    }

    private string? Keep(string path, string kind, string id, int lines)
    {
        if (lines == 0)
        {
            File.Delete(path);
            return null;
        }

        return files.Store(Ids.From("file-", kind + id), path, $"{id}_{kind}.jsonl", "batch_output").Id;
    }

    private (int Status, string Answer) Ask(Batch batch, BatchLine line)
    {
        SimulatedService service = batch.Azure ? SimulatedServices.Azure : SimulatedServices.OpenAI;
        var buffer = new ArrayBufferWriter<byte>(2048);
        try
        {
            using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
            if (batch.Endpoint.EndsWith("/chat/completions", StringComparison.Ordinal))
            {
                InferenceWriter.Chat(json, inference.Chat(line.Body, service, deployment: null, headers: null));
            }
            else
            {
                InferenceWriter.Completion(json, inference.Completion(line.Body, service, deployment: null, headers: null));
            }

            return (200, Encoding.UTF8.GetString(buffer.WrittenSpan));
        }
        catch (ApiException e)
        {
            return (e.Status, new JsonObject
            {
                ["error"] = new JsonObject { ["message"] = e.Message, ["type"] = e.Type, ["param"] = e.Param, ["code"] = e.Code },
            }.ToJsonString(FlowJson.Compact));
        }
    }

    private static string Line(string batch, string customId, int status, string body) =>
        $"{{\"id\":\"{Ids.From("batch_req_", batch + customId)}\",\"custom_id\":{JsonSerializer.Serialize(customId, FlowJson.Compact)},"
        + $"\"response\":{{\"status_code\":{status},\"request_id\":\"{Ids.From("req_", batch + customId)}\",\"body\":{body}}},\"error\":null}}";

    private static List<BatchLine> ReadLines(StreamReader reader, Batch batch)
    {
        var lines = new List<BatchLine>();
        var ids = new HashSet<string>(StringComparer.Ordinal);
        while (reader.ReadLine() is { } text)
        {
            if (text.Length == 0)
            {
                continue;
            }

            using JsonDocument document = JsonDocument.Parse(text);
            string place = $"Line {lines.Count + 1}";
            JsonElement root = document.RootElement;
            if (root.OptionalString("custom_id") is not { Length: > 0 } customId || !ids.Add(customId))
            {
                throw new ApiException(400, $"{place} has no custom_id of its own.");
            }

            if (root.OptionalString("url") is { } url && Plain(url) != Plain(batch.Endpoint))
            {
                throw new ApiException(400, $"{place} names another url than the batch's endpoint.");
            }

            if (!root.TryGetProperty("body", out JsonElement body) || body.ValueKind != JsonValueKind.Object)
            {
                throw new ApiException(400, $"{place} has no body.");
            }

            lines.Add(new BatchLine(customId, Encoding.UTF8.GetBytes(body.GetRawText())));
            if (lines.Count > MaximumRequests)
            {
                throw new ApiException(400, $"The file holds more than {MaximumRequests} requests.");
            }
        }

        return lines.Count > 0 ? lines : throw new ApiException(400, "The file holds no requests.");
    }

    /// <summary>Azure's batches leave out the /v1.</summary>
    private static string Plain(string url) => url.TrimStart('/').Replace("v1/", "", StringComparison.Ordinal);

    private void End(string id, string status, string[] errors) => batches.Change(id, before => before with
    {
        Status = status,
        EndedAt = clock.GetUtcNow().ToUnixTimeSeconds(),
        Errors = [.. errors],
    });

    private sealed record BatchLine(string CustomId, byte[] Body);
}
