using System.Text.Json;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

public sealed class AnswerTests
{
    private static readonly ModelQuestion Chat = new()
    {
        Model = "ft:gpt",
        Family = ModelFamily.Chat,
        Messages = [new ChatTurn("system", "Rate."), new ChatTurn("user", "Grüße \"x\" 😀")],
        MaxTokens = 4,
        TopLogProbabilities = 20,
    };

    private static readonly ModelQuestion Legacy = new()
    {
        Model = "ft:babbage-002",
        Family = ModelFamily.Completion,
        Messages = [new ChatTurn("user", "Good.\n\n###\n\n")],
        MaxTokens = 2,
        TopLogProbabilities = 20,
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_chat_question_asks_for_log_probabilities_and_reads_them()
    {
        const string Json = """
            {"id":"c","object":"chat.completion","choices":[{"index":0,"message":{"role":"assistant","content":"5","refusal":null,"annotations":[]},
             "logprobs":{"content":[{"token":"5","logprob":-0.1,"bytes":[53],"top_logprobs":[{"token":"5","logprob":-0.1,"bytes":[53]},{"token":" 5","logprob":-3.5}]}],"refusal":null},
             "finish_reason":"stop"}],"usage":{"prompt_tokens":12,"completion_tokens":1,"total_tokens":13,"prompt_tokens_details":{"cached_tokens":0}}}
            """;
        await using WireServer server = await WireServer.StartAsync(("POST /v1/chat/completions", Json));
        using OpenAIProvider provider = TestProvider.For(server);

        ModelAnswer answer = await provider.AskAsync(Chat, Cancelled);

        answer.Text.ShouldBe("5");
        answer.FinishReason.ShouldBe("stop");
        answer.Refusal.ShouldBeNull();
        (answer.PromptTokens, answer.CompletionTokens).ShouldBe((12, 1));
        answer.Tokens.ShouldHaveSingleItem().ShouldBe([new TokenAlternative("5", -0.1), new TokenAlternative(" 5", -3.5)]);
        answer.LatencyMs.ShouldBeGreaterThan(0);
        JsonElement sent = JsonDocument.Parse(server.Requests.Single().Body).RootElement;
        sent.GetProperty("messages")[1].GetProperty("content").GetString().ShouldBe("Grüße \"x\" 😀");
        sent.GetProperty("logprobs").GetBoolean().ShouldBeTrue();
        sent.GetProperty("top_logprobs").GetInt32().ShouldBe(20);
        sent.GetProperty("max_tokens").GetInt32().ShouldBe(4);
    }

    [Fact]
    public async Task A_legacy_question_asks_for_at_most_five_and_adds_the_chosen_token_where_it_is_not_listed()
    {
        const string Json = """
            {"choices":[{"text":" 1","index":0,"logprobs":{"tokens":[" 1","\n"],"token_logprobs":[-0.2,-9999.0],
             "top_logprobs":[{" 1":-0.2," 2":-1.9},{" x":-0.01}],"text_offset":[0,2]},"finish_reason":"length"}],"usage":{"prompt_tokens":9,"completion_tokens":2}}
            """;
        await using WireServer server = await WireServer.StartAsync(("POST /v1/completions", Json));
        using OpenAIProvider provider = TestProvider.For(server);

        ModelAnswer answer = await provider.AskAsync(Legacy, Cancelled);

        answer.Text.ShouldBe(" 1");
        answer.Tokens[0].ShouldBe([new TokenAlternative(" 1", -0.2), new TokenAlternative(" 2", -1.9)]);
        answer.Tokens[1].ShouldBe([new TokenAlternative("\n", -9999), new TokenAlternative(" x", -0.01)]);
        JsonElement sent = JsonDocument.Parse(server.Requests.Single().Body).RootElement;
        sent.GetProperty("prompt").GetString().ShouldBe("Good.\n\n###\n\n");
        sent.GetProperty("logprobs").GetInt32().ShouldBe(5);
    }

    [Theory]
    [InlineData("""{"choices":[{"message":{"content":null,"refusal":"I cannot."},"logprobs":null,"finish_reason":"stop"}],"usage":null}""", "", "I cannot.", "stop")]
    [InlineData("""{"usage":{},"choices":[{"finish_reason":"content_filter","message":null,"content_filter_results":{"hate":{"filtered":true}}}]}""", "", null, "content_filter")]
    [InlineData("""{"choices":[{"message":{"content":"a","tool_calls":[]},"logprobs":{"content":null}},{"message":{"content":"b"}}]}""", "a", null, null)]
    public async Task Answers_without_the_usual_members_are_read(string json, string text, string? refusal, string? finish)
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/chat/completions", json));
        using OpenAIProvider provider = TestProvider.For(server);

        ModelAnswer answer = await provider.AskAsync(Chat, Cancelled);

        (answer.Text, answer.Refusal, answer.FinishReason).ShouldBe((text, refusal, finish));
        answer.Tokens.ShouldBeEmpty();
        answer.PromptTokens.ShouldBeNull();
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("[]")]
    [InlineData("<html>busy</html>")]
    [InlineData("""{"choices":[{"message":{"content":"5""")]
    public async Task An_answer_that_is_none_may_be_asked_again(string body)
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/chat/completions", body));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException fault = await Should.ThrowAsync<FlowException>(() => provider.AskAsync(Chat, Cancelled));

        fault.Failure.Kind.ShouldBe(FailureKind.Unavailable);
    }

    [Fact]
    public async Task A_prompt_that_Azure_filters_is_an_answer_and_not_a_fault()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
            WireServer.WriteAsync(context, 400, """{"error":{"message":"filtered","code":"content_filter","status":400}}"""));
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI);

        (await provider.AskAsync(Chat, Cancelled)).FinishReason.ShouldBe("content_filter");
    }

    [Fact]
    public async Task What_the_headers_say_about_the_limit_comes_with_the_answer()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            context.Response.Headers["x-ratelimit-limit-requests"] = "500";
            context.Response.Headers["x-ratelimit-remaining-requests"] = "499";
            context.Response.Headers["x-ratelimit-reset-requests"] = "120ms";
            return WireServer.WriteAsync(context, 200, """{"choices":[{"message":{"content":"1"}}]}""");
        });
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.AskAsync(Chat, Cancelled)).RateLimit.ShouldBe(new RateLimitNote(500, 499, TimeSpan.FromMilliseconds(120)));
    }

    [Fact]
    public async Task Azure_is_asked_with_the_newer_name_of_the_token_limit()
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/chat/completions", """{"choices":[{"message":{"content":"1"}}]}"""));
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI);

        await provider.AskAsync(Chat, Cancelled);

        JsonDocument.Parse(server.Requests.Single().Body).RootElement.GetProperty("max_completion_tokens").GetInt32().ShouldBe(4);
    }
}
