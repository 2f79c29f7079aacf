using System.Globalization;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.AzureOpenAI;

/// <summary>Azure without a key: the machine's identity is asked for a token, as App Service gives it (IDENTITY_ENDPOINT). Tokens are kept
/// by client id for as long as the process lives, so each test has one of its own.</summary>
public sealed class IdentityTests : IAsyncLifetime
{
    private static readonly string[] Variables = ["IDENTITY_ENDPOINT", "IDENTITY_HEADER", "AZURE_TOKEN_CREDENTIALS"];

    private readonly string?[] _before = [.. Variables.Select(Environment.GetEnvironmentVariable)];
    private readonly string _clientId = Guid.NewGuid().ToString();
    private WireServer _identity = null!;
    private int _status = 200;

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        string expires = DateTimeOffset.UtcNow.AddHours(2).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        _identity = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(
            context, _status, _status == 200 ? $$"""{"access_token":"of-{{_clientId}}","expires_on":"{{expires}}","token_type":"Bearer","resource":"r"}""" : """{"error":"none"}"""));
        Environment.SetEnvironmentVariable(Variables[0], new Uri(_identity.Address, "/msi/token").ToString());
        Environment.SetEnvironmentVariable(Variables[1], "h");
        // A developer's sign-in, which is what is looked for where settings name no identity, would not ask this one.
        Environment.SetEnvironmentVariable(Variables[2], "AzureCliCredential");
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < Variables.Length; i++)
        {
            Environment.SetEnvironmentVariable(Variables[i], _before[i]);
        }

        await _identity.DisposeAsync();
    }

    [Fact]
    public async Task The_control_plane_is_asked_with_the_identitys_token_for_it()
    {
        await using WireServer plane = await WireServer.StartAsync();
        using AzureModelDeployments deployments = Deployments(plane.Address);

        (await deployments.GetAsync("p", "dep", Cancelled)).ShouldBeNull();

        plane.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe($"Bearer of-{_clientId}");
        string asked = _identity.Requests.ShouldHaveSingleItem().Query;
        asked.ShouldContain("resource=https://management.azure.com");
        asked.ShouldContain($"client_id={_clientId}");
    }

    [Fact]
    public async Task Without_an_identity_the_control_plane_is_not_asked()
    {
        _status = 400;
        await using WireServer plane = await WireServer.StartAsync();
        using AzureModelDeployments deployments = Deployments(plane.Address);

        Failure told = (await Should.ThrowAsync<FlowException>(() => deployments.GetAsync("p", "dep", Cancelled))).Failure;

        (told.Kind, told.Message).ShouldBe((FailureKind.Unauthenticated, "No credential for p's control plane was found"));
        plane.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("azure")]
    [InlineData("foundry")] // which asks chats at the classic address
    public async Task Without_an_identity_the_service_is_not_asked(string profile)
    {
        _status = 400;
        using var provider = new OpenAIProvider(Options(new Uri("https://127.0.0.1:9/openai/v1/")) with { Profile = BuiltInProfiles.Get(profile) }, TimeProvider.System);
        var question = new ModelQuestion { Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1 };

        Failure told = (await Should.ThrowAsync<FlowException>(() => provider.AskAsync(question, Cancelled))).Failure;

        (told.Kind, told.Message).ShouldBe((FailureKind.Unauthenticated, "No credential for p was found"));
        _identity.Requests.ShouldNotBeEmpty();
        _identity.Requests.ShouldAllBe(asked => asked.Query.Contains(_clientId, StringComparison.Ordinal));
    }

    private AzureModelDeployments Deployments(Uri address) => new(new ProviderSettings("p", [Options(address)]), PriceBook.Default, TimeProvider.System);

    private ProviderOptions Options(Uri address) => new()
    {
        Name = "p",
        Kind = ProviderKind.AzureOpenAI,
        BaseAddress = address,
        PriceKey = "azureOpenAI",
        Credential = "managedidentity",
        ClientId = _clientId,
        Deployment = new DeploymentOptions { Subscription = "s", ResourceGroup = "g", Account = "a", ControlPlane = new Uri(address, "/") },
    };
}
