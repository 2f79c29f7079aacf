using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FineTuneFlow.Local.Hosting;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Runs;
using Microsoft.AspNetCore.Builder;
using ModelContextProtocol.Client;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>The tools for agents, called by the protocol's official client over HTTP.</summary>
public class AgentTests(HostFixture host) : IClassFixture<HostFixture>
{
    private static readonly JsonObject Paid = (JsonObject)JsonNode.Parse("""
        { "candidates": [{ "name": "one", "provider": "simulator", "model": "babbage-002", "epochs": 1 }], "baselines": [{ "name": "linear" }],
          "promotion": { "eligible": ["linear"], "requireSignificance": false }, "budget": { "approveAbove": 90 } }
        """)!;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 60_000)]
    public async Task An_agent_has_tools_to_look_check_start_and_ask_and_none_to_decide()
    {
        await using Agent agent = await ConnectAsync();

        IList<McpClientTool> tools = await agent.Client.ListToolsAsync(cancellationToken: Cancellation);

        tools.Select(tool => tool.Name).ShouldBe(
            ["list_projects", "get_project", "list_versions", "list_runs", "get_run", "get_report", "check_data", "quote", "start_run", "predict"], ignoreOrder: true);
        tools.ShouldAllBe(tool => tool.Description.Length > 20);
        JsonObject get = (JsonObject)JsonNode.Parse(tools.Single(tool => tool.Name == "get_run").JsonSchema.GetRawText())!;
        get["required"]!.AsArray().Select(name => name!.GetValue<string>()).ShouldBe(["id"]);
        tools.Where(tool => tool.ProtocolTool.Annotations!.ReadOnlyHint != true).Select(tool => tool.Name).ShouldBe(["start_run", "predict"], ignoreOrder: true);
        // A question that is repeated is paid again, a run that is started again is found.
        tools.Where(tool => tool.ProtocolTool.Annotations!.IdempotentHint != true).Select(tool => tool.Name).ShouldBe(["predict"]);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_agent_checks_data_and_hears_the_price_and_nothing_is_started()
    {
        await using Agent agent = await ConnectAsync();

        JsonNode check = await agent.AskAsync("check_data", ("csv", HostFixture.Reviews(200)), ("recipe", Paid));
        JsonNode quote = await agent.AskAsync("quote", ("csv", HostFixture.Reviews(200)), ("recipe", Paid));

        check["profile"]!["findings"].ShouldNotBeNull();
        quote["candidates"]!.AsArray().Select(candidate => candidate!["candidate"]?.GetValue<string>() ?? candidate["name"]?.GetValue<string>()).ShouldContain("one");
        quote.ToJsonString().ShouldBe(check["quote"]!.ToJsonString());
    }

    [Fact(Timeout = 120_000)]
    public async Task An_agent_brings_a_run_up_to_the_approval_that_a_person_gives()
    {
        using (HttpResponseMessage put = await host.Http.PutAsJsonAsync("projects/agent/recipe", JsonNode.Parse("""{ "budget": { "approveAbove": 0 }, "promotion": { "eligible": ["fineTune"], "prefer": "best", "requireSignificance": false } }"""), Cancellation))
        {
            put.StatusCode.ShouldBe(HttpStatusCode.OK, await put.Content.ReadAsStringAsync(Cancellation));
        }

        await using Agent agent = await ConnectAsync();
        string id = (await agent.AskAsync("start_run", ("project", "agent"), ("csv", HostFixture.Reviews(300)), ("recipe", Paid)))["runId"]!.GetValue<string>();
        // Its own recipe would have let 90 USD pass; the project lets nothing pass without a person.
        await host.UntilAsync(id, run => run.NeedsApproval);
        // Nor do its own rules say what becomes champion: it has asked for the cheaper linear model, which the project does not want.
        using (var kept = JsonDocument.Parse(await host.Http.GetStringAsync($"runs/{id}/artifacts/recipe.json", Cancellation)))
        {
            JsonElement promotion = kept.RootElement.GetProperty("promotion");
            (promotion.GetProperty("prefer").GetString(), promotion.GetProperty("eligible")[0].GetString()).ShouldBe(("best", "fineTune"));
        }

        (await agent.AskAsync("get_run", ("id", id)))["needsApproval"]!.GetValue<bool>().ShouldBeTrue();
        (await agent.AskAsync("start_run", ("project", "agent"), ("csv", HostFixture.Reviews(300)), ("recipe", Paid)))["created"]!.GetValue<bool>().ShouldBeFalse();
        using (HttpResponseMessage approved = await host.Http.PostAsJsonAsync($"runs/{id}/approval", new { approved = true, by = "ann" }, Cancellation))
        {
            approved.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        }

        RunView ended = await host.UntilAsync(id, run => run.EndedAt is not null);
        ended.Promoted.ShouldBe("one", ended.Verdict);
        (await agent.TextAsync("get_report", ("id", id), ("format", "md"))).ShouldContain("# ");
        (await agent.AskAsync("predict", ("project", "agent"), ("text", "the app is excellent, perfect")))["label"]!.GetValue<string>().ShouldBe("5");
        (await agent.AskAsync("predict", ("project", "agent"), ("texts", new[] { "the app is terrible, awful", "the app is excellent, perfect" })))["answers"]!.AsArray()
            .Select(answer => answer!["label"]!.GetValue<string>()).ShouldBe(["1", "5"]);
        (await agent.AskAsync("list_versions", ("project", "agent")))["versions"]!.AsArray().Count.ShouldBe(1);
        (await agent.AskAsync("list_runs", ("project", "agent")))["runs"]!.AsArray().Count.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_is_wrong_with_a_call_is_told_with_the_remedy()
    {
        await using Agent agent = await ConnectAsync();

        JsonNode unknown = await agent.RefusedAsync("get_run", ("id", "nobody-0000"));
        JsonNode mistyped = await agent.RefusedAsync("get_run", ("idd", "x"));
        JsonNode missing = await agent.RefusedAsync("predict", ("text", "good"));
        JsonNode neither = await agent.RefusedAsync("start_run", ("project", "agent-wrong"));
        JsonNode label = await agent.RefusedAsync("start_run", ("project", "agent-wrong"), ("csv", "a,b\n1,2\n"), ("recipe", JsonNode.Parse("""{ "budgte": {} }""")));

        unknown["kind"]!.GetValue<string>().ShouldBe("notFound");
        mistyped["remedy"]!.GetValue<string>().ShouldBe("Did you mean \"id\"?");
        missing["title"]!.GetValue<string>().ShouldBe("predict needs project");
        neither["title"]!.GetValue<string>().ShouldContain("csv or drop");
        label["remedy"]!.GetValue<string>().ShouldContain("budget");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("start_run", """{ "project": 7, "csv": "a,b" }""", "project is not a text")]
    [InlineData("start_run", """{ "project": "agent", "csv": { "a": 1 } }""", "csv is not a text")]
    [InlineData("start_run", """{ "project": "agent", "csv": "a,b", "recipe": "{}" }""", "recipe is not a JSON object")]
    [InlineData("start_run", """{ "project": "agent", "csv": "a,b", "recipe": { "budget": { "approveAbove": 0, "approveAbove": 90 } } }""", "recipe cannot be read: the property approveAbove stands there twice")]
    [InlineData("start_run", """{ "project": "agent", "csv": "a,b", "name": "a\nb\".csv" }""", "\"drops/agent/a?b\".csv\" is not a blob path: the name must be segments separated by '/', without '..', back-slashes or control characters")]
    [InlineData("check_data", """{ "csv": [1] }""", "csv is not a text")]
    [InlineData("quote", """{ "csv": "a,b", "recipe": [] }""", "recipe is not a JSON object")]
    public async Task Arguments_that_cannot_be_used_are_named(string tool, string arguments, string title)
    {
        await using Agent agent = await ConnectAsync();

        JsonNode refused = await agent.RefusedAsync(
            tool, [.. JsonSerializer.Deserialize<Dictionary<string, JsonElement>>(arguments)!.Select(one => (one.Key, (object?)one.Value))]);

        refused["title"]!.GetValue<string>().ShouldBe(title);
        refused["kind"]!.GetValue<string>().ShouldBe("invalidInput");
        refused["remedy"]!.GetValue<string>().ShouldNotBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_file_that_an_agent_gives_may_have_any_name_that_a_file_has()
    {
        await using Agent agent = await ConnectAsync();

        string id = (await agent.AskAsync("start_run", ("project", "agent-name"), ("csv", HostFixture.Reviews(60)), ("name", "Grüße \"1\"; x.csv"), ("recipe", Paid)))["runId"]!.GetValue<string>();

        (await host.UntilAsync(id, run => run.Drop is not null)).Drop!.Path.ShouldBe("uploads/agent-name/Grüße \"1\"; x.csv");
        (await agent.RefusedAsync("get_run", ("id", "nobody-0000")))["instance"]!.GetValue<string>().ShouldBe("/api/runs/nobody-0000");
    }

    [Theory(Timeout = 60_000)]
    [InlineData("application/json", """{ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {} }""", "the message is not valid: protocolVersion, capabilities, clientInfo are missing")]
    [InlineData("application/json", """{ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": { "name": "predict", "arguments": { "text": "\ud83d" } } }""", "the message is not valid: A text holds half a surrogate pair (a broken \\u escape)")]
    [InlineData("text/plain", """{ "jsonrpc": "2.0", "id": 1, "method": "ping" }""", "the body is not said to be JSON")]
    public async Task A_message_that_the_protocol_does_not_know_is_an_error_of_the_caller(string type, string message, string title)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "mcp") { Content = new StringContent(message, Encoding.UTF8, type) };
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");

        using HttpResponseMessage answer = await host.Http.SendAsync(request, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!["title"]!.GetValue<string>().ShouldBe(title);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_agent_needs_the_key_that_every_caller_needs()
    {
        string home = Directory.CreateTempSubdirectory("ftf-agent-").FullName;
        await using WebApplication guarded = LocalHost.Build(["--FTF_HOME", home, "--Port", "0", "--LogLevel", "Warning", "--ApiKey", "secret-of-the-test"]);
        await guarded.StartAsync(Cancellation);
        var address = new Uri(guarded.Urls.First() + "/api/mcp");
        using var without = new HttpClient();
        using var with = new HttpClient { DefaultRequestHeaders = { { "Authorization", "Bearer secret-of-the-test" } } };

        (await Should.ThrowAsync<HttpRequestException>(Agent.ConnectAsync(without, address))).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
        await using (Agent agent = await Agent.ConnectAsync(with, address))
        {
            (await agent.AskAsync("list_projects"))["projects"]!.AsArray().ShouldBeEmpty();
        }

        await guarded.StopAsync(Cancellation);
        await guarded.DisposeAsync();
        Directory.Delete(home, recursive: true);
    }

    private Task<Agent> ConnectAsync() => Agent.ConnectAsync(host.Http, new Uri(host.Http.BaseAddress!, "mcp"));
}
