using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>How a model wants to be asked is learned from its refusals, once, and never costs a row its answer.</summary>
public sealed class AskingMannerTests
{
    private const string Answer = """
        {"choices":[{"message":{"content":"4"},"finish_reason":"stop"}],"usage":{"prompt_tokens":9,"completion_tokens":70,"completion_tokens_details":{"reasoning_tokens":64}}}
        """;

    private static readonly ModelQuestion Question = new()
    {
        Model = "new-model", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1, Temperature = 0, TopLogProbabilities = 20,
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Thinking_is_turned_off_where_the_model_lets_it_and_log_probabilities_are_kept()
    {
        await using WireServer server = await ServerAsync(body => body.TryGetProperty("reasoning_effort", out JsonElement effort) && effort.ValueEquals("none")
            ? null
            : body.TryGetProperty("temperature", out _) ? ("temperature", "unsupported_value", "Only the default (1) value is supported.") : null);
        using OpenAIProvider provider = TestProvider.For(server);

        await provider.AskAsync(Question, Cancelled);
        await provider.AskAsync(Question, Cancelled);

        JsonElement[] bodies = Bodies(server);
        bodies.Length.ShouldBe(3, "the second question is asked right at once");
        bodies[2].GetProperty("reasoning_effort").GetString().ShouldBe("none");
        bodies[2].GetProperty("logprobs").GetBoolean().ShouldBeTrue();
    }

    [Fact]
    public async Task A_model_that_always_thinks_is_given_its_cheapest_effort_and_room_for_it()
    {
        await using WireServer server = await ServerAsync(body =>
            body.TryGetProperty("reasoning_effort", out JsonElement effort) && effort.ValueEquals("none")
                ? ("reasoning_effort", "unsupported_value", "Unsupported value: 'none'. Supported values are: 'low', 'medium', and 'high'.")
            : body.TryGetProperty("temperature", out _) ? ("temperature", "unsupported_value", "not with this model")
            : body.TryGetProperty("logprobs", out _) ? ("logprobs", "unsupported_parameter", "not with this model")
            : null);
        using OpenAIProvider provider = TestProvider.For(server);

        ModelAnswer answer = await provider.AskAsync(Question, Cancelled);

        (answer.Text, answer.CompletionTokens, answer.ReasoningTokens).ShouldBe(("4", 70, 64));
        JsonElement last = Bodies(server)[^1];
        last.GetProperty("reasoning_effort").GetString().ShouldBe("low");
        last.TryGetProperty("temperature", out _).ShouldBeFalse();
        last.TryGetProperty("logprobs", out _).ShouldBeFalse();
        last.GetProperty("max_tokens").GetInt32().ShouldBe(1 + Reasoning.Budget("low"));
    }

    [Fact]
    public async Task A_service_that_knows_no_effort_and_names_the_field_in_its_sentence_only_is_understood()
    {
        await using WireServer server = await ServerAsync(body =>
            body.TryGetProperty("reasoning_effort", out _) ? (null, null, "Unknown parameter: reasoning_effort")
            : body.TryGetProperty("max_tokens", out _) ? (null, null, "Use max_completion_tokens, not max_tokens: 'max_tokens' is not supported")
            : body.TryGetProperty("logprobs", out _) ? (null, null, "logprobs are not available for this model")
            : null);
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.AskAsync(Question, Cancelled)).Text.ShouldBe("4");
        Bodies(server)[^1].GetProperty("max_completion_tokens").GetInt32().ShouldBeGreaterThan(1000, "it thinks, however long it wants");
    }

    [Fact]
    public async Task A_refusal_about_anything_else_is_told_and_not_repeated()
    {
        await using WireServer server = await ServerAsync(_ => ("messages", "invalid_value", "too long"));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.AskAsync(Question, Cancelled));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        server.Requests.Count.ShouldBe(1);
    }

    private static Task<WireServer> ServerAsync(Func<JsonElement, (string? Param, string? Code, string Message)?> refusal) =>
        WireServer.StartAsync((context, request) => refusal(JsonDocument.Parse(request.Body).RootElement) is { } no
            ? WireServer.WriteAsync(context, 400, JsonSerializer.Serialize(new { error = new { message = no.Message, code = no.Code, param = no.Param } }))
            : WireServer.WriteAsync(context, 200, Answer));

    private static JsonElement[] Bodies(WireServer server) => [.. server.Requests.Select(request => JsonDocument.Parse(request.Body).RootElement)];
}
