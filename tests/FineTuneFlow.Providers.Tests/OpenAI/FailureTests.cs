using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>What failures say; which kind they are of is the matter of the fault matrix.</summary>
public sealed class FailureTests
{
    private static readonly JobRequest Job = new() { Model = "m", TrainingFile = "f", Suffix = "s", Metadata = ImmutableSortedDictionary<string, string>.Empty };

    [Theory]
    [InlineData("Retry-After", "7", 7)]
    [InlineData("Retry-After", "0.25", 0.25)]
    [InlineData("Retry-After", "-5", 0)]
    [InlineData("Retry-After", "1e300", 86_400)]
    [InlineData("retry-after-ms", "1500", 1.5)]
    public async Task The_wait_that_a_service_asks_for_is_kept(string header, string value, double seconds) =>
        (await RefusedAsync(429, "{}", (header, value))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(seconds));

    [Fact]
    public async Task The_wait_may_be_a_date()
    {
        TimeSpan? wait = (await RefusedAsync(503, "{}", ("Retry-After", DateTimeOffset.UtcNow.AddSeconds(90).ToString("R")))).RetryAfter;

        wait.ShouldNotBeNull().TotalSeconds.ShouldBeInRange(60, 91);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("NaN")]
    [InlineData("")]
    public async Task A_wait_that_is_none_is_left_out(string value) =>
        (await RefusedAsync(429, "{}", ("Retry-After", value))).RetryAfter.ShouldBeNull();

    [Theory]
    [InlineData("""{"error":{"message":"Unknown parameter","param":"method.supervised","code":"unknown_parameter"}}""", "Unknown parameter")]
    [InlineData("""{"error":"plain text"}""", "plain text")]
    [InlineData("""{"message":"of a gateway"}""", "of a gateway")]
    [InlineData("""{"detail":"of another gateway"}""", "of another gateway")]
    [InlineData("""{"error":{"code":42,"message":null}}""", "42")]
    [InlineData("""[1,2]""", "400")]
    [InlineData("""<html>""", "400")]
    [InlineData("", "400")]
    public async Task Every_shape_of_an_error_is_read(string body, string said)
    {
        Failure failure = await RefusedAsync(400, body);

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.Message.ShouldContain(said);
    }

    [Fact]
    public async Task The_wind_down_and_the_missing_tier_come_with_their_remedies()
    {
        (await RefusedAsync(403, """{"error":{"message":"Your organization is not allowed to create fine-tuning jobs any longer."}}"""))
            .Remedy.ShouldNotBeNull().ShouldContain("closing self-serve fine-tuning");
        (await RefusedAsync(400, """{"error":{"message":"The specified base model does not support fine-tuning."}}"""))
            .Remedy.ShouldNotBeNull().ShouldContain("tier");
    }

    [Fact]
    public async Task Long_quotations_and_the_key_are_not_passed_on()
    {
        Failure failure = await RefusedAsync(400,
            $$"""{"error":{"message":"Bad line \"{{new string('x', 60)}}\" with {{TestProvider.Key}} in it" } }""");

        failure.Message.ShouldContain("Bad line");
        failure.Message.ShouldNotContain("xxxx");
        failure.Message.ShouldNotContain(TestProvider.Key);
    }

    [Theory]
    [InlineData(500, """{"error":{"message":"Failed to load LoRA adapter"}}""", FailureKind.Unavailable, "adapter")]
    [InlineData(400, """{"error":{"message":"This model is only available in batch"}}""", FailureKind.Forbidden, "in batches only")]
    public async Task What_only_a_question_meets_is_told_apart(int status, string body, FailureKind kind, string said)
    {
        await using WireServer server = await WireServer.StartAsync((http, _) => WireServer.WriteAsync(http, status, body));
        using OpenAIProvider provider = TestProvider.For(server.Address);
        var question = new ModelQuestion { Model = "ft:m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1 };

        Failure failure = (await Should.ThrowAsync<FlowException>(() => provider.AskAsync(question, TestContext.Current.CancellationToken))).Failure;

        failure.Kind.ShouldBe(kind);
        failure.Message.ShouldContain(said);
    }

    [Fact]
    public async Task A_web_page_is_called_one_and_told_with_the_setting_and_what_it_may_have_made_is_in_doubt()
    {
        await using WireServer server = await WireServer.StartAsync((http, _) => WireServer.WriteAsync(http, 200, "\n <!DOCTYPE html><html><body>Sign in</body></html>"));
        using OpenAIProvider provider = TestProvider.For(server);
        var question = new ModelQuestion { Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1 };
        (Func<Task> Call, FailureKind Kind)[] calls =
        [
            (() => provider.CreateJobAsync(Job), FailureKind.Ambiguous), (() => provider.ListModelsAsync(), FailureKind.Unavailable), (() => provider.AskAsync(question), FailureKind.Unavailable),
        ];

        foreach ((Func<Task> call, FailureKind kind) in calls)
        {
            Failure failure = (await Should.ThrowAsync<FlowException>(call)).Failure;
            failure.Kind.ShouldBe(kind);
            failure.Message.ShouldContain("answers with a web page instead of JSON");
            failure.Message.ShouldNotContain("Sign in");
            failure.Remedy.ShouldNotBeNull().ShouldContain("__BaseAddress");
        }
    }

    [Fact]
    public async Task What_a_service_says_about_a_question_is_not_passed_on()
    {
        await using WireServer server = await WireServer.StartAsync((http, _) =>
            WireServer.WriteAsync(http, 400, """{"error":{"message":"Your prompt 'my secret' is too long","code":"context_length_exceeded"}}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.AskAsync(
            new ModelQuestion { Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "my secret")], MaxTokens = 1 }));

        refused.ToString().ShouldNotContain("my secret");
        refused.Message.ShouldContain("context_length_exceeded");
    }

    [Theory]
    [InlineData("1s", 1.0)]
    [InlineData("6m0s", 360.0)]
    [InlineData("120ms", 0.12)]
    [InlineData("1h2m3.5s", 3723.5)]
    [InlineData("59", 59.0)]
    [InlineData("0", 0.0)]
    [InlineData("soon", null)]
    [InlineData("1x", null)]
    [InlineData("", null)]
    [InlineData(null, null)]
    [InlineData("99999999999999d", null)]
    public void Resets_of_a_limit_come_in_several_spellings(string? text, double? seconds) =>
        RateHeaders.Duration(text).ShouldBe(seconds is { } value ? TimeSpan.FromSeconds(value) : null);

    private static async Task<Failure> RefusedAsync(int status, string body, params (string Name, string Value)[] headers)
    {
        await using WireServer server = await WireServer.StartAsync((http, _) =>
        {
            foreach ((string name, string value) in headers)
            {
                http.Response.Headers[name] = value;
            }

            return WireServer.WriteAsync(http, status, body);
        });
        using OpenAIProvider provider = TestProvider.For(server);
        return (await Should.ThrowAsync<FlowException>(() => provider.CreateJobAsync(Job))).Failure;
    }
}
