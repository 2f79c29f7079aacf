using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Services;

namespace FineTuneFlow.Simulator.Inference;

/// <summary><c>/chat/completions</c> and <c>/completions</c>, whole or streamed.</summary>
internal sealed class InferenceEndpoints(InferenceService inference)
{
    private static readonly JsonWriterOptions Writing = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? _writer;

    private delegate Answered Answering(ReadOnlyMemory<byte> body, SimulatedService service, string? deployment, IHeaderDictionary headers);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/chat/completions", http => Run(http, inference.Chat, InferenceWriter.Chat, StreamWriting.Chat));
        routes.MapPost("/completions", http => Run(http, inference.Completion, InferenceWriter.Completion, StreamWriting.Completion));
    }

    /// <summary>Azure's classic routes, where the deployment stands in the path.</summary>
    public void MapDeployments(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/chat/completions", http => Deployed(http, inference.Chat, InferenceWriter.Chat, StreamWriting.Chat));
        routes.MapPost("/completions", http => Deployed(http, inference.Completion, InferenceWriter.Completion, StreamWriting.Completion));
    }

    private static Task Deployed(HttpContext http, Answering answer, Action<Utf8JsonWriter, Answered> write, Func<Answered, IEnumerable<Action<Utf8JsonWriter>>> pieces) =>
        string.IsNullOrEmpty(http.Request.Query["api-version"])
            ? throw new ApiException(404, "Resource not found", "404")
            : Run(http, answer, write, pieces);

    private static async Task Run(HttpContext http, Answering answer, Action<Utf8JsonWriter, Answered> write, Func<Answered, IEnumerable<Action<Utf8JsonWriter>>> pieces)
    {
        SimulatedService service = http.Service();
        string? deployment = http.Request.RouteValues["deployment"] as string;
        Answered? streamed = await RequestBody.ReadAsync(http, body =>
        {
            Answered answered = answer(body, service, deployment, http.Response.Headers);
            if (answered.Request.Stream)
            {
                return answered;
            }

            ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
            buffer.ResetWrittenCount();
            Utf8JsonWriter json = _writer ??= new Utf8JsonWriter(buffer, Writing);
            json.Reset(buffer);
            write(json, answered);
            http.Response.ContentType = "application/json";
            http.Response.ContentLength = buffer.WrittenCount;
            http.Response.BodyWriter.Write(buffer.WrittenSpan);
            return null;
        });
        if (streamed is not null)
        {
            await StreamAsync(http, pieces(streamed));
        }

        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }

    /// <summary>Server-sent events, one a piece, then <c>[DONE]</c>.</summary>
    private static async Task StreamAsync(HttpContext http, IEnumerable<Action<Utf8JsonWriter>> pieces)
    {
        http.Response.ContentType = "text/event-stream; charset=utf-8";
        http.Response.Headers.CacheControl = "no-cache";
        foreach (Action<Utf8JsonWriter> piece in pieces)
        {
            http.Response.BodyWriter.Write("data: "u8);
            using (var json = new Utf8JsonWriter(http.Response.BodyWriter, Writing))
            {
                piece(json);
            }

            http.Response.BodyWriter.Write("\n\n"u8);
            await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
        }

        http.Response.BodyWriter.Write("data: [DONE]\n\n"u8);
    }
}
