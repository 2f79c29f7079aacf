using System.Text.Json.Nodes;

namespace FineTuneFlow.EndToEnd.Tests;

public class LogTests
{
    [Fact(Timeout = 120_000)]
    public async Task Json_lines_name_run_and_candidate_so_that_a_machine_can_sort_them()
    {
        await using var home = new StackHome();
        home.WriteData(200);
        string settings = Path.Combine(home.Folder, "settings.json");
        await File.WriteAllTextAsync(settings, """{ "Values": { "LogFormat": "Json", "LogLevel": "Debug", "Limits__Rows": "100000" } }""", TestContext.Current.CancellationToken);
        string run;
        await using (Ftf up = await home.UpAsync("--settings", settings))
        {
            run = (await home.JsonAsync("drop", home.Csv, "--project", "json", "--recipe", home.Recipe, "--watch"))["runId"]!.GetValue<string>();
            await up.StopAsync();
        }

        (int code, string output, string error) = await Ftf.RunAsync(home.Folder, "logs", run, "-n", "100000");
        code.ShouldBe(0, error);
        JsonNode[] lines = [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!)];
        lines.ShouldContain(line => line["Message"]!.GetValue<string>() == $"{run}: done" && line["State"]!["RunId"]!.GetValue<string>() == run);
        lines.ShouldAllBe(line => line["Timestamp"] != null && line["LogLevel"] != null);
    }
}
