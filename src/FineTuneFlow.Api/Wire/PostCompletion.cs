using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Serving;
using FineTuneFlow.Workflow.Watching;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Api.Wire;

/// <summary>A champion asked as OpenAI's completions are: the prompt, or each of a list of prompts, is a text, its completion the label.</summary>
public sealed class PostCompletion(ChampionDesk desk, TimeProvider time) : IApiHandler
{
    private const int MostAlternatives = 5;
    private const int MostPrompts = 2048;

    public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) => WireCall.RunAsync(request, async () =>
    {
        JsonObject body = await WireCall.BodyAsync(request, cancellation);
        string[] texts = TextsOf(body);
        IReadOnlyList<ServedAnswer> answers = await WireCall.AskAsync(desk, body, texts, cancellation);
        int? alternatives = body["logprobs"] is JsonValue ? Math.Clamp(body.Get<int>("logprobs"), 0, MostAlternatives) : null;
        string id = $"cmpl-{Guid.NewGuid():N}";
        string model = WireAnswer.Model(body.Get<string>("model")!, answers[0]);
        long at = time.GetUtcNow().ToUnixTimeSeconds();
        JsonObject[] choices = [.. answers.Select((served, i) => new JsonObject
        {
            ["index"] = i,
            ["text"] = WireAnswer.Text(served),
            ["logprobs"] = alternatives is { } most ? Logs(served, most, texts[i].Length) : null,
            ["finish_reason"] = WireAnswer.Finish(served),
        })];
        if (body.Get<bool>("stream"))
        {
            return new WireStream([.. choices.Select(choice => Completion(choice))]);
        }

        JsonObject whole = Completion(choices);
        whole["usage"] = WireAnswer.Usage([.. texts.Zip(answers)]);
        return Results.Json(whole);

        JsonObject Completion(params JsonObject[] of) => new()
        {
            ["id"] = id, ["object"] = "text_completion", ["created"] = at, ["model"] = model, ["choices"] = new JsonArray([.. of]),
        };
    });

    private static string[] TextsOf(JsonObject body)
    {
        string[] texts = body["prompt"] switch
        {
            JsonArray list when list.All(item => item is JsonValue value && value.TryGetValue(out string? _)) => [.. list.Select(item => item!.GetValue<string>())],
            JsonValue => body.Get<string>("prompt") is { } one ? [one] : [],
            _ => [],
        };
        texts = [.. texts.Select(WithoutEnding)];
        return texts.Length is 0 or > MostPrompts || texts.Any(string.IsNullOrWhiteSpace)
            ? throw ApiRequest.Invalid("the prompt is neither a text nor a list of texts", $"Send the text to classify, or a list of up to {MostPrompts:N0}; tokens are not taken.", "prompt")
            : texts;
    }

    // Whoever asked the fine-tune itself until now still sends what ended its prompts in training.
    private static string WithoutEnding(string prompt) =>
        prompt.EndsWith(TrainingForm.PromptEnding, StringComparison.Ordinal) ? prompt[..^TrainingForm.PromptEnding.Length] : prompt;

    private static JsonObject Logs(ServedAnswer served, int most, int offset) => new()
    {
        ["tokens"] = new JsonArray(WireAnswer.Text(served)),
        ["token_logprobs"] = new JsonArray(WireAnswer.LogProbability(served)),
        ["top_logprobs"] = new JsonArray(new JsonObject(WireAnswer.Alternatives(served, most).Select(one => KeyValuePair.Create(one.Label, (JsonNode?)one.LogProbability)))),
        ["text_offset"] = new JsonArray(offset),
    };
}
