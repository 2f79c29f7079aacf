using System.Text.Json.Nodes;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Client;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The tools for agents in the Functions app, called by the protocol's official client.</summary>
[Collection(nameof(ProductTests))]
public sealed class AgentTests(Azurite azurite) : IAsyncLifetime
{
    private AppHost _app = null!;
    private WebApplication _server = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await AppHost.StartAsync(AppHost.SettingsFor(azurite.ConnectionString));
        WebApplicationBuilder builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Logging.ClearProviders();
        _server = builder.Build();
        _app.Map(_server, _ => { });
        await _server.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        await _app.DisposeAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task An_agent_starts_a_run_looks_at_it_and_asks_what_came_of_it()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        string project = $"agent-{Guid.NewGuid():N}"[..14];
        using HttpClient http = _server.GetTestClient();
        await using Agent agent = await Agent.ConnectAsync(http, new Uri(http.BaseAddress!, "api/mcp"));

        IList<McpClientTool> tools = await agent.Client.ListToolsAsync(cancellationToken: cancellation);
        JsonNode recipe = JsonNode.Parse("""{ "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }""")!;
        JsonNode started = await agent.AskAsync("start_run", ("project", project), ("csv", Csv()), ("recipe", recipe));
        string id = started["runId"]!.GetValue<string>();
        await _app.Client.WaitForInstanceCompletionAsync(id, cancellation);

        tools.Count.ShouldBe(10);
        (await agent.AskAsync("get_run", ("id", id)))["outcome"]!.GetValue<string>().ShouldBe("succeeded");
        (await agent.AskAsync("list_runs", ("project", project)))["runs"]!.AsArray().Count.ShouldBe(1);
        (await agent.AskAsync("predict", ("project", project), ("text", "parcel 7 was lovely and quick")))["label"]!.GetValue<string>().ShouldBe("good");
        (await agent.RefusedAsync("get_project", ("project", project[..^1])))["remedy"]!.GetValue<string>().ShouldBe($"Did you mean {project}?");
    }

    private static string Csv() =>
        "text,label\n" + string.Concat(Enumerable.Range(0, 240).Select(row => $"parcel {row} was {(row % 2 == 0 ? "lovely and quick,good" : "broken and late,bad")}\n"));
}
