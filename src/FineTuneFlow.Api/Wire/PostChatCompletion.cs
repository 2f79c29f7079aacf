using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Wire;

/// <summary>A champion asked as OpenAI's chat completions are: the last message of the user is the text, the answer is its label.</summary>
public sealed class PostChatCompletion(ChampionDesk desk, TimeProvider time) : IApiHandler
{
    private const int MostAlternatives = 20;

    public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) => WireCall.RunAsync(request, async () =>
    {
        JsonObject body = await WireCall.BodyAsync(request, cancellation);
        string text = TextOf(body);
        ServedAnswer served = (await WireCall.AskAsync(desk, body, [text], cancellation))[0];
        string model = WireAnswer.Model(body.Get<string>("model")!, served);
        string id = $"chatcmpl-{Guid.NewGuid():N}";
        JsonObject? logs = body.Get<bool>("logprobs") ? Logs(served, Math.Clamp(body.Get<int>("top_logprobs"), 0, MostAlternatives)) : null;
        return body.Get<bool>("stream") ? Stream(id, model, time.GetUtcNow(), served, logs) : Results.Json(
            new JsonObject
            {
                ["id"] = id,
                ["object"] = "chat.completion",
                ["created"] = time.GetUtcNow().ToUnixTimeSeconds(),
                ["model"] = model,
                ["choices"] = new JsonArray(new JsonObject
                {
                    ["index"] = 0,
                    ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = WireAnswer.Text(served), ["refusal"] = null },
                    ["logprobs"] = logs,
                    ["finish_reason"] = WireAnswer.Finish(served),
                }),
                ["usage"] = WireAnswer.Usage([(text, served)]),
            });
    });

    private static string TextOf(JsonObject body)
    {
        JsonObject? last = (body["messages"] as JsonArray)?.OfType<JsonObject>().LastOrDefault(message => message.Get<string>("role") == "user");
        string? text = last?["content"] switch
        {
            JsonArray parts => string.Concat(parts.OfType<JsonObject>().Where(part => part.Get<string>("type") == "text").Select(part => part.Get<string>("text"))),
            _ => last?.Get<string>("content"),
        };
        return string.IsNullOrWhiteSpace(text)
            ? throw ApiRequest.Invalid("messages hold no text of the user", "Send the text to classify as the last message, role user.", "messages")
            : text;
    }

    private static JsonObject Logs(ServedAnswer served, int most) => new()
    {
        ["content"] = new JsonArray(Token(WireAnswer.Text(served), WireAnswer.LogProbability(served), WireAnswer.Alternatives(served, most))),
        ["refusal"] = null,
    };

    private static JsonObject Token(string text, double log, IEnumerable<(string Label, double Log)> alternatives) => new()
    {
        ["token"] = text,
        ["logprob"] = log,
        ["bytes"] = WireAnswer.Bytes(text),
        ["top_logprobs"] = new JsonArray([.. alternatives.Select(one => (JsonNode)new JsonObject
        {
            ["token"] = one.Label, ["logprob"] = one.Log, ["bytes"] = WireAnswer.Bytes(one.Label),
        })]),
    };

    // A label is whole when it comes: one piece with it, and one that ends.
    private static WireStream Stream(string id, string model, DateTimeOffset at, ServedAnswer served, JsonObject? logs)
    {
        return new WireStream([Piece(new JsonObject { ["role"] = "assistant", ["content"] = WireAnswer.Text(served) }, logs, null), Piece([], null, WireAnswer.Finish(served))]);

        JsonObject Piece(JsonObject delta, JsonObject? logprobs, string? finish) => new()
        {
            ["id"] = id,
            ["object"] = "chat.completion.chunk",
            ["created"] = at.ToUnixTimeSeconds(),
            ["model"] = model,
            ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = delta, ["logprobs"] = logprobs, ["finish_reason"] = finish }),
        };
    }
}
