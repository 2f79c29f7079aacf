using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace FineTuneFlow.EndToEnd.Tests;

/// <summary>What docs/operations.md tells an operator to type is typed here, on a local stack, or it is said why not.</summary>
public sealed partial class OperationsTests : IAsyncDisposable
{
    /// <summary>Commands of other programs than this one, and why they are not run.</summary>
    private static readonly Dictionary<string, string> NotRun = new()
    {
        ["azd deploy"] = "deploys to Azure",
        ["azd hooks run postdeploy"] = "makes a subscription in Azure",
        ["az storage blob upload"] = "writes to a storage account in Azure",
        ["DELETE /runtime/webhooks/durabletask/instances?createdTimeFrom=...&createdTimeTo=...&runtimeStatus=Completed,Failed,Terminated&code=KEY"]
            = "is the Functions host's own route",
        ["kusto"] = "is a query of Application Insights",
    };

    private readonly StackHome _home = new();
    private readonly StackHome _other = new();
    private readonly HttpClient _http = new();
    private readonly Dictionary<string, Func<Task>> _run;
    private string _first = "";
    private string _waiting = "";

    public OperationsTests() => _run = new()
    {
        ["ftf up"] = () => Task.CompletedTask, // It is what all others are asked of.
        ["POST /api/runs"] = StartAsync,
        ["ftf runs"] = async () => (await FtfAsync("runs")).ShouldContain(_first),
        ["ftf watch"] = async () => (await _home.JsonAsync("watch", _first))["outcome"]!.GetValue<string>().ShouldBe("succeeded"),
        ["GET /api/runs/{id}"] = async () => (await GetAsync($"/api/runs/{_first}"))["hasReport"]!.GetValue<bool>().ShouldBeTrue(),
        ["GET /api/runs/{id}/history"] = async () => (await GetAsync($"/api/runs/{_first}/history"))["steps"]!.AsArray().Count.ShouldBeGreaterThan(10),
        ["GET /metrics"] = async () => (await _http.GetStringAsync(new Uri(_home.Stack.Host, "/metrics"), Cancellation)).ShouldContain("finetuneflow_"),
        ["ftf logs RUN"] = async () => (await FtfAsync("logs", _first)).ShouldContain($"{_first}: done"),
        ["GET /api/projects/{p}/models"] = async () => (await GetAsync("/api/projects/ops/models"))["champion"]!["runId"]!.GetValue<string>().ShouldBe(_first),
        ["GET /api/runs?outcome=running"] = async () => (await GetAsync("/api/runs?outcome=running"))["runs"]!.AsArray().Select(run => run!["runId"]!.GetValue<string>()).ShouldBe([_waiting]),
        ["POST /api/runs/{id}/cancel"] = CancelAsync,
        ["DELETE /api/refused?drop=drops/{p}/{file}"] = DismissAsync,
        ["ftf rerun ID"] = async () => await RerunAsync((await _home.JsonAsync("rerun", _first))["runId"]!.GetValue<string>()),
        ["POST /api/runs/{id}/rerun"] = async () => await RerunAsync((await PostAsync($"/api/runs/{_first}/rerun", null))["runId"]!.GetValue<string>()),
        ["ftf clean --older-than 30d --keep 5"] = async () => (await FtfAsync("clean", "--older-than", "30d", "--keep", "5")).ShouldContain("0 runs deleted"),
        ["DELETE /api/runs/{id}"] = DeleteAsync,
        ["ftf backup FILE"] = async () => (await FtfAsync("backup", Backup)).ShouldContain("files of"),
        ["FTF_HOME=FOLDER ftf restore FILE"] = RestoreAsync,
    };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Backup => Path.Combine(_home.Folder, "monday.ftf");

    [Fact(Timeout = 300_000)]
    public async Task Every_command_of_the_page_is_run_or_it_is_said_why_not()
    {
        string page = await File.ReadAllTextAsync(Path.Combine(Readme.Root, "docs", "operations.md"), Cancellation);
        string[] told = [.. CommandsOf(page).Distinct()];
        told.ShouldBe(_run.Keys.Concat(NotRun.Keys), ignoreOrder: true, "a command that is new on the page needs its test here, and one that is gone needs none");

        _home.WriteData(200);
        await using Ftf up = await _home.UpAsync();
        foreach ((string command, Func<Task> run) in _run)
        {
            TestContext.Current.TestOutputHelper!.WriteLine(command);
            await run();
        }

        await up.StopAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _home.DisposeAsync();
        await _other.DisposeAsync();
    }

    /// <summary>What stands in code marks and begins as a command does, and the languages of the blocks.</summary>
    private static IEnumerable<string> CommandsOf(string page)
    {
        foreach (Match block in Block().Matches(page))
        {
            yield return block.Groups["language"].Value;
        }

        foreach (Match span in Span().Matches(Block().Replace(page, "")))
        {
            string text = Spaces().Replace(span.Groups["text"].Value, " ");
            if (Command().IsMatch(text))
            {
                yield return text;
            }
        }
    }

    /// <summary>One that runs through, and one that waits for an approval. Whether the request or the watcher of drops comes first, it is the
    /// same run.</summary>
    private async Task StartAsync()
    {
        JsonNode recipe = JsonNode.Parse(await File.ReadAllTextAsync(_home.Recipe, Cancellation))!;
        _first = await StartAsync("ops", recipe);
        recipe["budget"] = new JsonObject { ["approveAbove"] = 0 };
        _waiting = await StartAsync("waits", recipe);
        await StackHome.UntilAsync(async () => (await GetAsync($"/api/runs/{_waiting}"))["needsApproval"]!.GetValue<bool>());
    }

    private async Task<string> StartAsync(string project, JsonNode recipe)
    {
        using HttpResponseMessage put = await _http.PutAsync(new Uri(_home.Stack.Host, $"/api/projects/{project}/recipe"), JsonContent.Create(recipe), Cancellation);
        put.EnsureSuccessStatusCode();
        string folder = Directory.CreateDirectory(Path.Combine(_home.Folder, "storage", "drops", project)).FullName;
        File.Copy(_home.Csv, Path.Combine(folder, "reviews.csv"));
        return (await PostAsync("/api/runs", new { project, drop = $"drops/{project}/reviews.csv" }))["runId"]!.GetValue<string>();
    }

    private async Task CancelAsync()
    {
        await PostAsync($"/api/runs/{_waiting}/cancel", new { by = "operator" });
        (await _home.JsonAsync("watch", _waiting))["outcome"]!.GetValue<string>().ShouldBe("cancelled");
    }

    private async Task DismissAsync()
    {
        string folder = Directory.CreateDirectory(Path.Combine(_home.Folder, "storage", "drops", "No Project")).FullName;
        File.Copy(_home.Csv, Path.Combine(folder, "june.csv"));
        await StackHome.UntilAsync(async () => (await FtfAsync("runs")).Contains("drops/No Project/june.csv started no run", StringComparison.Ordinal));
        using HttpResponseMessage dismissed = await _http.DeleteAsync(new Uri(_home.Stack.Host, "/api/refused?drop=drops/No%20Project/june.csv"), Cancellation);
        ((int)dismissed.StatusCode).ShouldBe(204);
        (await FtfAsync("runs")).ShouldNotContain("june.csv");
    }

    private async Task RerunAsync(string run)
    {
        (await _home.JsonAsync("watch", run))["outcome"]!.GetValue<string>().ShouldBe("succeeded");
        (await _home.JobsAsync()).ShouldBe(2, "what was paid for is adopted");
    }

    private async Task DeleteAsync()
    {
        (await _http.DeleteAsync(new Uri(_home.Stack.Host, $"/api/runs/{_waiting}"), Cancellation)).EnsureSuccessStatusCode();
        (await GetAsync("/api/runs"))["runs"]!.AsArray().Select(run => run!["runId"]!.GetValue<string>()).ShouldNotContain(_waiting);
        using HttpResponseMessage kept = await _http.DeleteAsync(new Uri(_home.Stack.Host, $"/api/runs/{_first}"), Cancellation);
        ((int)kept.StatusCode).ShouldBe(409, "a version comes from it");
    }

    private async Task RestoreAsync()
    {
        (int code, string output, string error) = await Ftf.RunAsync(_other.Folder, "restore", Backup);
        code.ShouldBe(0, error);
        output.ShouldContain("Its runs go on");
    }

    private async Task<string> FtfAsync(params string[] arguments)
    {
        (int code, string output, string error) = await Ftf.RunAsync(_home.Folder, arguments);
        code.ShouldBe(0, $"ftf {string.Join(' ', arguments)}: {error}");
        return output;
    }

    private async Task<JsonNode> GetAsync(string path) => (await _http.GetFromJsonAsync<JsonNode>(new Uri(_home.Stack.Host, path), Cancellation))!;

    private async Task<JsonNode> PostAsync(string path, object? body)
    {
        using HttpResponseMessage answer = await _http.PostAsync(new Uri(_home.Stack.Host, path), body is null ? null : JsonContent.Create(body), Cancellation);
        string text = await answer.Content.ReadAsStringAsync(Cancellation);
        answer.IsSuccessStatusCode.ShouldBeTrue(text);
        return JsonNode.Parse(text)!;
    }

    [GeneratedRegex(@"^```(?<language>\w*)\n.*?^```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex Block();

    [GeneratedRegex("`(?<text>[^`]+)`")]
    private static partial Regex Span();

    [GeneratedRegex(@"^(ftf|FTF_HOME=|GET /|POST /|PUT /|DELETE /|az |azd |\./)")]
    private static partial Regex Command();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
