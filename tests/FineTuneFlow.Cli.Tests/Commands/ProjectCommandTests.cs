using System.Text.Json;
using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Local.Hosting;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary>Commands about a project's champion and its runs, against a host in this process whose storage is a folder.</summary>
public sealed class ProjectCommandTests : IAsyncLifetime
{
    private const string Recipe = """
        { "dataset": { "split": { "method": "stable" } }, "candidates": [], "baselines": [{ "name": "linear" }], "promotion": { "requireSignificance": false } }
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-projects-").FullName;
    private WebApplication _host = null!;

    private string Address => _host.Urls.First();

    public async ValueTask InitializeAsync()
    {
        _host = LocalHost.Build(["--FTF_HOME", Path.Combine(_folder, "home"), "--Port", "0", "--LogLevel", "Warning", "--DropWatchSeconds", "86400"]);
        await _host.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        await _host.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact(Timeout = 180_000)]
    public async Task Two_runs_are_compared_on_the_rows_that_both_have_judged()
    {
        string first = await RunAsync("first.csv", 0, 400);
        string second = await RunAsync("second.csv", 200, 700);

        (int code, string output, string error) = await Ftf.RunAsync("compare", first, second, "--host", Address);
        (_, string json, _) = await Ftf.RunAsync("compare", first, second, "--json", "--host", Address);

        code.ShouldBe(ExitCode.Ok, error);
        output.ShouldContain($"linear of {first}");
        output.ShouldContain("accuracy");
        error.ShouldContain("rows were judged by both; left out:");
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        int rows = answer.GetProperty("candidates")[0].GetProperty("metrics").GetProperty("n").GetInt32();
        // The files share 200 rows, of which a stable split puts a fifth into both holdouts.
        rows.ShouldBeInRange(20, 60);
        answer.GetProperty("comparisons").GetArrayLength().ShouldBeGreaterThan(0);

        (int same, _, string why) = await Ftf.RunAsync("compare", first, first, "--host", Address);
        (same, why.Contains("is named twice", StringComparison.Ordinal)).ShouldBe((ExitCode.InvalidInput, true), why);
        (int missing, _, string near) = await Ftf.RunAsync("compare", first, second, "--candidate", "liner", "--host", Address);
        (missing, near.Contains("Did you mean linear?", StringComparison.Ordinal)).ShouldBe((ExitCode.NotFound, true), near);
        (int one, _, string both) = await Ftf.RunAsync("compare", first, "--host", Address);
        (one, both.Contains("Give either two runs", StringComparison.Ordinal)).ShouldBe((ExitCode.InvalidInput, true), both);

        (_, string said, _) = await Ftf.RunAsync("feedback", "compared", "--text", "a text that nobody has seen", "--label", "good", "--host", Address);
        said.ShouldContain("used at the next retrain");
        (_, string list, _) = await Ftf.RunAsync("feedback", "compared", "--host", Address);
        list.ShouldContain("next retrain");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_project_that_does_not_exist_has_no_models_and_says_so()
    {
        (int code, _, string error) = await Ftf.RunAsync("models", "nothere", "--host", Address);

        (code, error.Contains("There is no project nothere", StringComparison.Ordinal)).ShouldBe((ExitCode.NotFound, true), error);
    }

    private async Task<string> RunAsync(string name, int from, int until)
    {
        string file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, "text,label\n" + string.Concat(Enumerable.Range(from, until - from).Select(i =>
            $"parcel {i} was {(i % 2 == 0 ? "lovely and quick" : "broken and late")} {(i % 7 == 0 ? "perhaps" : "")},{(i % 11 == 0 == (i % 2 == 0) ? "bad" : "good")}\n")));
        string recipe = Path.Combine(_folder, "recipe.json");
        await File.WriteAllTextAsync(recipe, Recipe);
        (int code, string output, string error) = await Ftf.RunAsync("drop", file, "--project", "compared", "--recipe", recipe, "--watch", "--json", "--host", Address);
        code.ShouldBe(ExitCode.Ok, error + output);
        return JsonDocument.Parse(output).RootElement.GetProperty("runId").GetString()!;
    }
}
