using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Simulator.Http;

/// <summary>Reading JSON request bodies.</summary>
internal static class RequestBody
{
    private const int Maximum = 64 * 1024 * 1024;

    /// <summary>The body as an object.</summary>
    /// <exception cref="ApiException">400: not JSON, or no object.</exception>
    public static async Task<JsonElement> ObjectAsync(HttpContext http)
    {
        try
        {
            return await ReadAsync(http, static body =>
            {
                JsonTexts.AssertWhole(body.Span);
                using JsonDocument document = JsonDocument.Parse(body);
                return document.RootElement.ValueKind == JsonValueKind.Object
                    ? document.RootElement.Clone()
                    : throw new ApiException(400, "The request body must be a JSON object.");
            });
        }
        catch (JsonException)
        {
            throw new ApiException(400, "We could not parse the JSON body of your request.");
        }
    }

    /// <summary>The whole body, handed to a reader without copying where it came in one piece.</summary>
    public static async ValueTask<T> ReadAsync<T>(HttpContext http, Func<ReadOnlyMemory<byte>, T> read)
    {
        PipeReader reader = http.Request.BodyReader;
        while (true)
        {
            ReadResult result = await reader.ReadAsync(http.RequestAborted);
            ReadOnlySequence<byte> buffer = result.Buffer;
            if (result.IsCompleted)
            {
                try
                {
                    return read(buffer.IsSingleSegment ? buffer.First : buffer.ToArray());
                }
                finally
                {
                    // Also after a refusal: a body that is not taken makes the server close the connection.
                    reader.AdvanceTo(buffer.End);
                }
            }

            if (buffer.Length > Maximum)
            {
                throw new ApiException(413, "The request body is too large.");
            }

            reader.AdvanceTo(buffer.Start, buffer.End);
        }
    }

    public static string? OptionalString(this JsonElement body, string name)
    {
        if (!body.TryGetProperty(name, out JsonElement value) || value.ValueKind == JsonValueKind.Null)
        {
            return null;
        }

        return value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : throw ApiException.Invalid(name, $"Invalid type for '{name}': expected a string.");
    }

    public static string RequiredString(this JsonElement body, string name) => OptionalString(body, name) is { Length: > 0 } value
        ? value
        : throw new ApiException(400, $"Missing required parameter: '{name}'.", "missing_required_parameter", name);
}
