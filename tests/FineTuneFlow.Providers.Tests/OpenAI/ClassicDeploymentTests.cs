using System.Reflection;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>Azure.AI.OpenAI beside the OpenAI library: it asks deployments, and only this pair of versions was tried.</summary>
public sealed class ClassicDeploymentTests
{
    private static readonly ModelQuestion Question = new()
    {
        Model = "run-gpt", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1, Temperature = 0, TopLogProbabilities = 2,
    };

    [Fact]
    public async Task A_deployment_is_asked_once_at_its_classic_address_with_our_own_body()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, 200, """
            {"choices":[{"message":{"content":"4"},"finish_reason":"stop","logprobs":{"content":[{"token":"4","logprob":-0.1,"top_logprobs":[{"token":"4","logprob":-0.1},{"token":"5","logprob":-3}]}]}}],"usage":{"prompt_tokens":9,"completion_tokens":1}}
            """));
        using OpenAIProvider provider = Foundry(server);

        ModelAnswer answer = await provider.AskAsync(Question, TestContext.Current.CancellationToken);

        (answer.Text, answer.PromptTokens, answer.Tokens[0].Length).ShouldBe(("4", 9, 2));
        WireRequest sent = server.Requests.ShouldHaveSingleItem();
        sent.Path.ShouldEndWith("/openai/deployments/run-gpt/chat/completions");
        sent.Query.ShouldContain("api-version=2025-04-01-preview");
        sent.Headers["api-key"].ShouldBe(TestProvider.Key);
    }

    [Theory]
    [InlineData(429, """{"error":{"code":"429","message":"slow down"}}""", FailureKind.Throttled)]
    [InlineData(400, """{"error":{"code":"DeploymentNotReady","message":"wait"}}""", FailureKind.Unavailable)]
    [InlineData(500, "<html>", FailureKind.Unavailable)]
    public async Task A_refusal_is_told_by_kind_and_nothing_is_sent_twice(int status, string body, FailureKind kind)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, status, body));
        using OpenAIProvider provider = Foundry(server);

        FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.AskAsync(Question, TestContext.Current.CancellationToken));

        refused.Failure.Kind.ShouldBe(kind);
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("https://res.openai.azure.com/openai/v1/", "https://res.cognitiveservices.azure.com/")]
    [InlineData("https://res.cognitiveservices.azure.com/openai/v1/", "https://res.cognitiveservices.azure.com/")]
    [InlineData("http://127.0.0.1:7072/as/foundry/openai/v1/", "http://127.0.0.1:7072/as/foundry/")]
    [InlineData("https://RES.OpenAI.Azure.com/OpenAI/V1/", "https://res.cognitiveservices.azure.com/")]
    [InlineData("https://res.openai.azure.com/else/", "https://res.cognitiveservices.azure.com/")]
    [InlineData("https://res.openai.azure.com.proxy.example/openai/v1/", "https://res.openai.azure.com.proxy.example/")]
    [InlineData("http://proxy.example/openai/v1/behind/openai/v1/", "http://proxy.example/openai/v1/behind/")]
    public void The_address_follows_from_the_base_address(string baseAddress, string endpoint) =>
        ClassicDeployments.EndpointOf(new Uri(baseAddress)).ShouldBe(new Uri(endpoint));

    [Fact]
    public void A_version_that_the_library_does_not_know_is_told_with_those_that_it_knows()
    {
        ServiceProfile foundry = BuiltInProfiles.Get("foundry");

        Failure told = Should.Throw<FlowException>(() => TestProvider.For(new Uri("http://127.0.0.1/v1/"), ProviderKind.AzureOpenAI, options => options with
        {
            Profile = foundry with { Deployment = foundry.Deployment! with { ClassicVersion = "2020-01-01" } },
        })).Failure;

        (told.Kind, told.Field).ShouldBe((FailureKind.InvalidInput, "Providers__p__Profile__Deployment__ClassicVersion"));
        told.Message.ShouldContain("\"2020-01-01\"");
        told.Remedy.ShouldNotBeNull().ShouldContain(": 2024-06-01, ", Case.Sensitive);
        told.Remedy.ShouldContain(", 2025-04-01-preview", Case.Sensitive);
    }

    /// <summary>The libraries break each other across versions (docs/decisions/openai-library.md): whoever raises one tries the pair again.</summary>
    [Fact]
    public void The_pair_of_libraries_is_the_one_that_was_tried()
    {
        VersionOf(typeof(global::OpenAI.OpenAIClient)).ShouldStartWith("2.15.0");
        VersionOf(typeof(global::Azure.AI.OpenAI.AzureOpenAIClient)).ShouldStartWith("2.9.0-beta.1");
    }

    private static string VersionOf(Type type) => type.Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;

    private static OpenAIProvider Foundry(WireServer server) => TestProvider.For(
        new Uri(server.Address, "/openai/v1/"), ProviderKind.AzureOpenAI, options => options with { Profile = BuiltInProfiles.Get("foundry") });
}
