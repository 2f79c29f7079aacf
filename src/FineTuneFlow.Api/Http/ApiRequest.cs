using System.Globalization;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Core.Recipes;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Http;

/// <summary>Reads what a request gives, naming the field that is wrong.</summary>
public static class ApiRequest
{
    /// <summary>Largest JSON body that is read: recipes are at most 1 MiB.</summary>
    public const int MaxJsonBytes = 2 << 20;

    private static readonly JsonSerializerOptions Strict = MakeStrict();

    public static string Route(this HttpRequest request, string name) =>
        request.RouteValues[name] as string ?? throw Invalid($"the address holds no {name}", null, name);

    /// <summary>A query parameter; null when absent or empty.</summary>
    public static string? Query(this HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>Refuses query parameters that the route does not know: a misspelt filter would answer with everything.</summary>
    public static void RequireKnownQuery(this HttpRequest request, ApiRoute route)
    {
        string[] known = [.. route.Query.Select(query => query.Name)];
        foreach (string name in request.Query.Keys)
        {
            // "code" carries the API key, where a header cannot be set.
            if (name != "code" && !known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                throw Unknown("query parameter", name, known);
            }
        }
    }

    /// <summary>true or false; false when absent.</summary>
    public static bool QueryFlag(this HttpRequest request, string name) => request.Query(name) switch
    {
        null => false,
        var text when bool.TryParse(text, out bool value) => value,
        _ => throw Invalid($"{name} is neither true nor false", null, name),
    };

    public static int? QueryInt(this HttpRequest request, string name, int min, int max) => request.Query(name) switch
    {
        null => null,
        var text when int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max => value,
        _ => throw Invalid($"{name} is not a whole number from {min} to {max}", null, name),
    };

    public static double? QueryNumber(this HttpRequest request, string name) => request.Query(name) switch
    {
        null => null,
        var text when double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) => value,
        _ => throw Invalid($"{name} is not a number", null, name),
    };

    /// <summary>One of an enumeration's names, in whatever case.</summary>
    public static T QueryEnum<T>(this HttpRequest request, string name, T unless)
        where T : struct, Enum => request.Query(name) switch
        {
            null => unless,
            var text when char.IsAsciiLetter(text[0]) && Enum.TryParse(text, ignoreCase: true, out T value) => value,
            _ => throw Invalid(
                $"{name} is none of those known", $"One of {string.Join(", ", Enum.GetNames<T>().Select(JsonNamingPolicy.CamelCase.ConvertName))}.", name),
        };

    public static DateTimeOffset? QueryTime(this HttpRequest request, string name) => request.Query(name) switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset at) => at,
        _ => throw Invalid($"{name} is not a time", "Write it as 2026-11-22T13:00:00Z.", name),
    };

    /// <summary>The JSON body. Unknown properties are errors, as an option that is silently ignored may cost money.</summary>
    public static async Task<T> JsonAsync<T>(this HttpRequest request, CancellationToken cancellation)
    {
        byte[] bytes = await request.BytesAsync(MaxJsonBytes, cancellation);
        if (bytes.Length == 0)
        {
            throw Invalid("the request has no body", "Send JSON with Content-Type: application/json.", null);
        }

        return Parse<T>(bytes);
    }

    /// <summary>The JSON body, or the given value where there is none.</summary>
    public static async Task<T> JsonOrAsync<T>(this HttpRequest request, T without, CancellationToken cancellation)
    {
        byte[] bytes = await request.BytesAsync(MaxJsonBytes, cancellation);
        return bytes.Length == 0 ? without : Parse<T>(bytes);
    }

    /// <summary>The whole body.</summary>
    /// <exception cref="FlowException">InvalidInput: longer than the limit.</exception>
    public static async Task<byte[]> BytesAsync(this HttpRequest request, int limit, CancellationToken cancellation)
    {
        using var body = new MemoryStream();
        var part = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(part, cancellation)) > 0)
        {
            if (body.Length + read > limit)
            {
                throw Invalid($"the body is longer than {limit:N0} bytes", "Send large files as multipart/form-data.", null);
            }

            body.Write(part, 0, read);
        }

        return body.ToArray();
    }

    public static FlowException Invalid(string message, string? remedy, string? field) =>
        new(new Failure(FailureKind.InvalidInput, message, remedy, Field: field));

    private static T Parse<T>(byte[] bytes)
    {
        try
        {
            T body = JsonSerializer.Deserialize<T>(bytes, Strict) ?? throw Invalid("the body is null", "Send a JSON object.", null);
            // Of names that stand twice the reader takes the last, and nodes in the body are not read before they are asked.
            JsonTexts.AssertWhole(bytes);
            using JsonDocument once = JsonDocument.Parse(bytes, JsonTexts.EachNameOnce);
            return body;
        }
        catch (JsonException exception)
        {
            string? field = exception.Path is { Length: > 2 } path ? path[2..] : null;
            if (JsonFault.IsUnknownProperty(exception))
            {
                throw Unknown("property", field ?? "", [.. typeof(T).GetProperties().Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name))]);
            }

            throw Invalid($"the body is not valid: {JsonFault.SentenceOf(exception)}", "GET /api/openapi.json describes it.", field);
        }
    }

    /// <summary>A name that is not known here, with the nearest one that is.</summary>
    private static FlowException Unknown(string what, string name, string[] known) => Invalid(
        $"unknown {what} \"{name}\"",
        NearestName.Of(name, known) is { } nearest ? $"Did you mean \"{nearest}\"?"
            : known.Length > 0 ? $"Known are {string.Join(", ", known)}."
            : "None is known here.",
        name);

    private static JsonSerializerOptions MakeStrict()
    {
        var options = new JsonSerializerOptions(FlowJson.Compact)
        {
            UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow,
            RespectNullableAnnotations = true,
            RespectRequiredConstructorParameters = true,
        };
        options.MakeReadOnly(populateMissingResolver: true);
        return options;
    }
}
