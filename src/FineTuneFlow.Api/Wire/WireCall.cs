using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Wire;

/// <summary>What the routes in OpenAI's wire format share: a lenient body, since client libraries send much that means nothing to a
/// classifier, and errors in that format's form.</summary>
internal static class WireCall
{
    public static async Task<IResult> RunAsync(HttpRequest request, Func<Task<IResult>> work)
    {
        try
        {
            return await work();
        }
        catch (FlowException exception)
        {
            Failure failure = exception.Failure;
            if (failure.RetryAfter is { } wait)
            {
                request.HttpContext.Response.Headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString(System.Globalization.CultureInfo.InvariantCulture);
            }

            int status = FailureProblem.StatusOf(failure.Kind);
            return Results.Json(
                new WireError(new WireErrorBody(
                    failure.Remedy is null ? failure.Message : $"{failure.Message}. {failure.Remedy}",
                    status >= 500 ? "server_error" : "invalid_request_error",
                    failure.Field,
                    failure.Kind == FailureKind.NotFound ? "model_not_found" : JsonNamingPolicy.SnakeCaseLower.ConvertName(failure.Kind.ToString()))),
                FlowJson.Compact,
                statusCode: status);
        }
    }

    public static async Task<JsonObject> BodyAsync(HttpRequest request, CancellationToken cancellation)
    {
        byte[] bytes = await request.BytesAsync(ApiRequest.MaxJsonBytes, cancellation);
        try
        {
            JsonTexts.AssertWhole(bytes);
            return JsonNode.Parse(bytes, documentOptions: JsonTexts.EachNameOnce) as JsonObject ?? throw ApiRequest.Invalid("the body is not a JSON object", "Send one as OpenAI's API takes it.", null);
        }
        catch (JsonException fault)
        {
            throw fault.InnerException is InvalidOperationException
                ? ApiRequest.Invalid("a text of the body holds half a surrogate pair", "Remove the broken \\u escape.", null)
                : JsonFault.IsRepeatedProperty(fault)
                ? ApiRequest.Invalid($"the body is not valid: {JsonFault.SentenceOf(fault)}", "Give each property once.", null)
                : ApiRequest.Invalid("the body is not JSON", "Send JSON with Content-Type: application/json.", null);
        }
    }

    /// <summary>A member of the kind that is asked; null where it is absent, null or of another kind.</summary>
    public static T? Get<T>(this JsonObject body, string name)
        where T : notnull => body[name] is JsonValue value && value.TryGetValue(out T? read) ? read : default;

    public static async Task<IReadOnlyList<ServedAnswer>> AskAsync(
        ChampionDesk desk, JsonObject body, IReadOnlyList<string> texts, CancellationToken cancellation)
    {
        WireModel model = WireModel.Parse(body.Get<string>("model"));
        return await desk.AnswerAsync(model.Project, texts, model.Version, body.Get<string>("user") ?? body.Get<string>("safety_identifier"), cancellation);
    }
}

internal sealed record WireError(WireErrorBody Error);

internal sealed record WireErrorBody(string Message, string Type, string? Param, string? Code);
