using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.AzureOpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Providers.Tests.AzureOpenAI;

/// <summary>What is said to Azure's control plane about deployments, and what is made of its answers.</summary>
public sealed class AzureModelDeploymentsTests
{
    private const string Path = "/subscriptions/s/resourceGroups/g/providers/Microsoft.CognitiveServices/accounts/a/deployments/dep";

    private const string Token = "token-0123456789";

    private static readonly PriceBook Prices = PriceBook.Default with
    {
        Hosting =
        [
            new HostingPrice("azureOpenAI", "standard", 1, default), new HostingPrice("azureOpenAI", "globalStandard", 2, default),
            new HostingPrice("azureOpenAI", "dataZone", 3, default), new HostingPrice("azureOpenAI", "developer", 4, default),
        ],
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("azure", "gpt-4.1-mini.ft-1", null, "standard", "OpenAI")]
    [InlineData("azure", "gpt-oss-20b.ft-1", null, "GlobalStandard", "Microsoft")]
    [InlineData("azure", "qwen-32b.ft-1", null, "GlobalStandard", "Alibaba")]
    [InlineData("azure", "gpt-oss-20b.ft-1", "developertier", "developertier", "Microsoft")]
    [InlineData("foundry", "Ministral-3B.ft-1", null, "GlobalStandard", "Mistral AI")]
    [InlineData("gateway", "Llama-3.3-70B.ft-1", null, "standard", "OpenAI")] // without a profile of deployments
    public async Task What_is_not_there_is_put_once_with_its_sku_and_its_makers_format(string profile, string model, string? sku, string sentSku, string format)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method == "GET"
            ? WireServer.WriteAsync(context, 404, """{"error":{"code":"DeploymentNotFound"}}""")
            : WireServer.WriteAsync(context, 201, """{"properties":{"provisioningState":"Creating"}}"""));
        using AzureModelDeployments deployments = For(server, profile, options => options with { Sku = sku, Capacity = 7 });

        (await deployments.EnsureAsync("p", "dep", model, Cancelled)).State.ShouldBe(DeploymentState.Creating);

        server.Requests.Select(one => (one.Method, one.Path, one.Query)).ShouldBe([("GET", Path, "?api-version=2024-10-01"), ("PUT", Path, "?api-version=2024-10-01")]);
        WireRequest put = server.Requests.Last();
        put.Text.ShouldBe($$"""{"sku":{"name":"{{sentSku}}","capacity":7},"properties":{"model":{"format":"{{format}}","name":"{{model}}","version":"1"}""" + "}}");
        (put.Headers["Authorization"], put.Headers["Content-Type"]).ShouldBe(($"Bearer {Token}", "application/json"));
    }

    [Theory]
    [InlineData("""{"properties":{"model":{"name":"m"},"provisioningState":"Succeeded"}}""")]
    [InlineData("""{"properties":{"provisioningState":"Succeeded"}}""")]
    public async Task What_is_there_is_found_and_not_put_again(string json)
    {
        await using WireServer server = await WireServer.StartAsync(($"GET {Path}", json));
        using AzureModelDeployments deployments = For(server);

        (await deployments.EnsureAsync("p", "dep", "m", Cancelled)).State.ShouldBe(DeploymentState.Ready);

        server.Requests.ShouldHaveSingleItem().Method.ShouldBe("GET");
    }

    [Fact]
    public async Task A_deployment_of_another_model_is_left_as_it_is()
    {
        await using WireServer server = await WireServer.StartAsync(($"GET {Path}", """{"properties":{"model":{"name":"other"},"provisioningState":"Succeeded"}}"""));
        using AzureModelDeployments deployments = For(server);

        Failure refused = await RefusedAsync(() => deployments.EnsureAsync("p", "dep", "m", Cancelled));

        (refused.Kind, refused.Message).ShouldBe((FailureKind.Conflict, "The deployment dep at p serves another model"));
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("Succeeded", DeploymentState.Ready)]
    [InlineData("succeeded", DeploymentState.Ready)]
    [InlineData("Failed", DeploymentState.Failed)]
    [InlineData("Canceled", DeploymentState.Failed)]
    [InlineData("Disabled", DeploymentState.Failed)]
    [InlineData("Deleting", DeploymentState.Deleting)]
    [InlineData("Creating", DeploymentState.Creating)]
    [InlineData("Moving", DeploymentState.Creating)]
    public async Task A_deployments_state_is_its_word(string word, DeploymentState state)
    {
        await using WireServer server = await WireServer.StartAsync(($"GET {Path}", $$$"""{"properties":{"provisioningState":"{{{word}}}"},"systemData":{"createdAt":"2026-11-22T10:00:00Z"}}"""));
        using AzureModelDeployments deployments = For(server);

        (await deployments.GetAsync("p", "dep", Cancelled)).ShouldBe(new ModelDeployment("dep", state, 1, new DateTimeOffset(2026, 11, 22, 10, 0, 0, TimeSpan.Zero)));
    }

    [Theory]
    [InlineData("azure", "GlobalStandard", "developertier", null, 2)] // what stands counts, not what is set by now
    [InlineData("azure", "DataZoneStandard", null, null, 3)]
    [InlineData("azure", "DeveloperTier", null, null, 4)]
    [InlineData("azure", "ProvisionedManaged", null, null, 1)]
    [InlineData("azure", null, "datazonestandard", null, 3)]
    [InlineData("azure", null, null, null, 1)]
    [InlineData("foundry", null, null, null, 2)]
    [InlineData("azure", "GlobalStandard", null, 0.25, 0.25)] // the setting's price goes first
    public async Task A_deployment_costs_what_its_sku_costs(string profile, string? standing, string? set, double? hourly, double cost)
    {
        string sku = standing is null ? "" : $$""","sku":{"name":"{{standing}}"}""";
        await using WireServer server = await WireServer.StartAsync(($"GET {Path}", $$"""{"properties":{"provisioningState":"Succeeded"}{{sku}}""" + "}"));
        using AzureModelDeployments deployments = For(server, profile, options => options with { Sku = set, HourlyUsd = hourly });

        ModelDeployment found = (await deployments.GetAsync("p", "dep", Cancelled)).ShouldNotBeNull();

        (found.HourlyUsd, found.CreatedAt).ShouldBe((cost, null));
    }

    [Fact]
    public async Task Right_after_a_removal_nothing_is_made_at_a_service_that_minds_it()
    {
        var clock = new SkippingClock();
        bool there = true;
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method switch
        {
            "DELETE" => WireServer.WriteAsync(context, 202, ""),
            "GET" when request.Path.EndsWith("other", StringComparison.Ordinal) && there => WireServer.WriteAsync(context, 200, """{"properties":{"provisioningState":"Succeeded"}}"""),
            "GET" => WireServer.WriteAsync(context, 404, "{}"),
            _ => WireServer.WriteAsync(context, 200, """{"properties":{"provisioningState":"Creating"}}"""),
        });
        using AzureModelDeployments deployments = For(server, "foundry", clock: clock);

        (await deployments.RemoveAsync("p", "dep", Cancelled)).ShouldBeTrue();

        Failure early = await RefusedAsync(() => deployments.EnsureAsync("p", "dep", "m", Cancelled));
        (early.Kind, early.RetryAfter).ShouldBe((FailureKind.Unavailable, TimeSpan.FromSeconds(20)));
        (await deployments.EnsureAsync("p", "other", "m", Cancelled)).State.ShouldBe(DeploymentState.Ready, "what is there needs no waiting");
        clock.Advance(TimeSpan.FromSeconds(15));
        (await RefusedAsync(() => deployments.EnsureAsync("p", "dep", "m", Cancelled))).RetryAfter.ShouldBe(TimeSpan.FromSeconds(5));
        server.Requests.ShouldNotContain(one => one.Method == "PUT");
        clock.Advance(TimeSpan.FromSeconds(5));
        (await deployments.EnsureAsync("p", "dep", "m", Cancelled)).State.ShouldBe(DeploymentState.Creating);
    }

    [Theory]
    [InlineData("foundry", 204)] // nothing was removed
    [InlineData("azure", 202)] // and this service does not mind
    public async Task Nothing_has_to_wait_otherwise(string profile, int removed)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method switch
        {
            "DELETE" => WireServer.WriteAsync(context, removed, ""),
            "GET" => WireServer.WriteAsync(context, 404, "{}"),
            _ => WireServer.WriteAsync(context, 200, """{"properties":{"provisioningState":"Creating"}}"""),
        });
        using AzureModelDeployments deployments = For(server, profile, clock: new SkippingClock());

        await deployments.RemoveAsync("p", "dep", Cancelled);

        (await deployments.EnsureAsync("p", "dep", "m", Cancelled)).State.ShouldBe(DeploymentState.Creating);
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(202, true)]
    [InlineData(204, false)]
    [InlineData(404, false)]
    public async Task A_removal_tells_whether_there_was_one(int status, bool was)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            context.Response.StatusCode = status;
            return Task.CompletedTask;
        });
        using AzureModelDeployments deployments = For(server);

        (await deployments.RemoveAsync("p", "dep", Cancelled)).ShouldBe(was);

        WireRequest sent = server.Requests.ShouldHaveSingleItem();
        (sent.Method, sent.Path, sent.Headers.ContainsKey("Content-Type")).ShouldBe(("DELETE", Path, false));
    }

    [Theory]
    [InlineData(409, FailureKind.Unavailable, "p is still changing what is to be removed (asked to remove the deployment)")]
    [InlineData(429, FailureKind.Throttled, "p asks to go slower (asked to remove the deployment: 429 c): not with … now")]
    public async Task A_refused_removal_is_told_with_its_wait_and_without_the_token(int status, FailureKind kind, string message)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            context.Response.Headers.RetryAfter = "9";
            return WireServer.WriteAsync(context, status, $$$"""{"error":{"code":"c","message":"not with {{{Token}}} now"}}""");
        });
        using AzureModelDeployments deployments = For(server);

        Failure refused = await RefusedAsync(() => deployments.RemoveAsync("p", "dep", Cancelled));

        (refused.Kind, refused.Message, refused.RetryAfter).ShouldBe((kind, message, TimeSpan.FromSeconds(9)));
    }

    [Fact]
    public async Task A_refused_look_up_is_told_without_the_token_and_not_taken_for_nothing()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 403, $$$"""{"error":{"code":"c","message":"not with {{{Token}}}"}}"""));
        using AzureModelDeployments deployments = For(server);

        Failure refused = await RefusedAsync(() => deployments.GetAsync("p", "dep", Cancelled));

        (refused.Kind, refused.Message).ShouldBe((FailureKind.Forbidden, "p does not allow it (asked to look up the deployment: 403 c): not with …"));
    }

    [Theory]
    [InlineData("<html>")]
    [InlineData("{}")]
    public async Task An_answer_that_is_no_deployment_cannot_be_read(string body)
    {
        await using WireServer server = await WireServer.StartAsync(($"GET {Path}", body));
        using AzureModelDeployments deployments = For(server);

        Failure fault = await RefusedAsync(() => deployments.GetAsync("p", "dep", Cancelled));

        fault.Kind.ShouldBe(FailureKind.Unavailable);
        fault.Message.ShouldContain("cannot be read");
    }

    [Fact]
    public async Task A_redirect_of_the_control_plane_is_not_followed_with_the_token()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) =>
        {
            context.Response.Headers.Location = "/elsewhere";
            return WireServer.WriteAsync(context, request.Path == "/elsewhere" ? 200 : 302, """{"properties":{"provisioningState":"Succeeded"}}""");
        });
        using AzureModelDeployments deployments = For(server);

        (await RefusedAsync(() => deployments.GetAsync("p", "dep", Cancelled))).Kind.ShouldBe(FailureKind.InvalidInput);
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("d", false)]
    [InlineData("d1", true)]
    [InlineData("d-e_f.G", true)]
    [InlineData("d/e", false)]
    [InlineData("dé", false)]
    [InlineData("d?e", false)]
    public async Task Only_a_name_that_Azure_takes_is_sent(string name, bool sent)
    {
        await using WireServer server = await WireServer.StartAsync();
        using AzureModelDeployments deployments = For(server);

        if (sent)
        {
            (await deployments.GetAsync("p", name, Cancelled)).ShouldBeNull();
        }
        else
        {
            (await RefusedAsync(() => deployments.GetAsync("p", name, Cancelled))).Kind.ShouldBe(FailureKind.InvalidInput);
        }

        server.Requests.Count.ShouldBe(sent ? 1 : 0);
    }

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public Task A_name_has_64_letters_at_most(int letters, bool sent) => Only_a_name_that_Azure_takes_is_sent(new string('d', letters), sent);

    [Fact]
    public async Task A_provider_without_settings_for_deployments_is_told_the_setting()
    {
        await using WireServer server = await WireServer.StartAsync();
        ProviderOptions bare = Options(server, "azure", options => options) with { Deployment = null };
        using var deployments = new AzureModelDeployments(new ProviderSettings("p", [bare]), Prices, TimeProvider.System);

        Failure told = await RefusedAsync(() => deployments.RemoveAsync("p", "dep", Cancelled));

        (told.Kind, told.Field).ShouldBe((FailureKind.InvalidInput, "Providers__p__Deployment"));
        server.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Names_of_Azures_own_are_escaped_in_the_route()
    {
        await using WireServer server = await WireServer.StartAsync();
        using AzureModelDeployments deployments = For(server, change: options => options with { Subscription = "s?", ResourceGroup = "g#", Account = "a?" });

        await deployments.GetAsync("p", "dep", Cancelled);

        server.Requests.ShouldHaveSingleItem().Path.ShouldBe("/subscriptions/s?/resourceGroups/g#/providers/Microsoft.CognitiveServices/accounts/a?/deployments/dep");
    }

    [Fact]
    public async Task What_was_disposed_of_asks_nothing_any_more()
    {
        await using WireServer server = await WireServer.StartAsync();
        AzureModelDeployments deployments = For(server);
        deployments.Dispose();

        await Should.ThrowAsync<ObjectDisposedException>(() => deployments.GetAsync("p", "dep", Cancelled));
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_of_a_fault_of_the_service()
    {
        using var stop = new CancellationTokenSource();
        await using WireServer server = await WireServer.StartAsync(async (context, _) =>
        {
            await stop.CancelAsync();
            context.Abort();
        });
        using AzureModelDeployments deployments = For(server);

        await Should.ThrowAsync<OperationCanceledException>(() => deployments.GetAsync("p", "dep", stop.Token));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)] // in the middle of its answer
    public async Task A_control_plane_that_breaks_off_has_not_answered(bool answering)
    {
        await using WireServer server = await WireServer.StartAsync(async (context, _) =>
        {
            if (answering)
            {
                context.Response.ContentLength = 100;
                await context.Response.WriteAsync("{");
                await context.Response.Body.FlushAsync();
            }

            context.Abort();
        });
        using AzureModelDeployments deployments = For(server);

        Failure fault = await RefusedAsync(() => deployments.GetAsync("p", "dep", Cancelled));

        (fault.Kind, fault.Message).ShouldBe((FailureKind.Unavailable, "p's control plane did not answer (asked to look up the deployment)"));
    }

    [Fact]
    public async Task A_control_plane_that_does_not_answer_in_time_is_given_up()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        ProviderOptions hasty = Options(server, "azure", options => options) with { RequestTimeout = TimeSpan.FromMilliseconds(200) };
        using var deployments = new AzureModelDeployments(new ProviderSettings("p", [hasty]), Prices, TimeProvider.System);

        Failure fault = await RefusedAsync(() => deployments.GetAsync("p", "dep", Cancelled).WaitAsync(TimeSpan.FromSeconds(30), Cancelled));

        (fault.Kind, fault.Message).ShouldBe((FailureKind.Unavailable, "p's control plane did not answer (asked to look up the deployment)"));
    }

    private static async Task<Failure> RefusedAsync(Func<Task> call) => (await Should.ThrowAsync<FlowException>(call)).Failure;

    private static AzureModelDeployments For(
        WireServer server, string profile = "azure", Func<DeploymentOptions, DeploymentOptions>? change = null, TimeProvider? clock = null) =>
        new(new ProviderSettings("p", [Options(server, profile, change ?? (options => options))]), Prices, clock ?? TimeProvider.System);

    private static ProviderOptions Options(WireServer server, string profile, Func<DeploymentOptions, DeploymentOptions> change) => new()
    {
        Name = "p",
        Kind = ProviderKind.AzureOpenAI,
        Profile = BuiltInProfiles.Get(profile),
        BaseAddress = server.Address,
        PriceKey = "azureOpenAI",
        Deployment = change(new DeploymentOptions { Subscription = "s", ResourceGroup = "g", Account = "a", ControlPlane = new Uri(server.Address, "/"), Token = Token }),
    };
}
