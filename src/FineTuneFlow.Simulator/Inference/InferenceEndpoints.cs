using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Inference;

/// <summary><c>/chat/completions</c> and <c>/completions</c>.</summary>
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

    private delegate void Answering(ReadOnlyMemory<byte> body, bool azure, Utf8JsonWriter json, IHeaderDictionary? headers);

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/chat/completions", http => Run(http, inference.Chat));
        routes.MapPost("/completions", http => Run(http, inference.Completion));
    }

    private static async Task Run(HttpContext http, Answering answer)
    {
        bool azure = http.IsAzure();
        await RequestBody.ReadAsync(http, body =>
        {
            ArrayBufferWriter<byte> buffer = _buffer ??= new ArrayBufferWriter<byte>(4096);
            buffer.ResetWrittenCount();
            Utf8JsonWriter json = _writer ??= new Utf8JsonWriter(buffer, Writing);
            json.Reset(buffer);
            answer(body, azure, json, http.Response.Headers);

            http.Response.ContentType = "application/json";
            http.Response.ContentLength = buffer.WrittenCount;
            http.Response.BodyWriter.Write(buffer.WrittenSpan);
            return true;
        });
        await http.Response.BodyWriter.FlushAsync(http.RequestAborted);
    }
}
