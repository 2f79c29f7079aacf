using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Cli.CommandLine;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary><c>ftf check</c> and <c>ftf prepare</c> as a person or a script calls them.</summary>
public sealed class DataCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-cli-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_shows_columns_classes_findings_and_a_quote_and_writes_nothing()
    {
        string csv = Reviews(60);

        (int code, string output, _) = await Ftf.RunAsync("check", csv);

        code.ShouldBe(ExitCode.Ok);
        output.ShouldContain("text   review  (its name)");
        output.ShouldContain("label  stars");
        output.ShouldContain("few-training-rows");
        output.ShouldContain("Quote at list prices");
        Directory.GetFiles(_folder).ShouldBe([csv]);
    }

    [Fact]
    public async Task Check_answers_json_and_says_no_where_asked_to_be_strict()
    {
        (int code, string output, _) = await Ftf.RunAsync("check", Reviews(60), "--json", "--strict");

        code.ShouldBe(ExitCode.Failed);
        JsonNode answer = JsonNode.Parse(output)!;
        answer["profile"]!["rows"]!["input"]!.GetValue<long>().ShouldBe(60);
        answer["settings"]!["label"]!.GetValue<string>().ShouldBe("stars");
        answer["quote"]!["totalUsd"]!["high"]!.GetValue<double>().ShouldBeGreaterThan(0);
    }

    [Fact]
    public async Task Prepare_writes_the_forms_that_the_recipe_asks_for()
    {
        string recipe = Path.Combine(_folder, "recipe.json");
        await File.WriteAllTextAsync(
            recipe,
            """{ "candidates": [ { "name": "a", "model": "babbage-002" }, { "name": "b", "continueFrom": "a" }, { "name": "c", "model": "gpt-4.1-mini" } ] }""",
            TestContext.Current.CancellationToken);
        string target = Path.Combine(_folder, "dataset");

        (int code, string output, _) = await Ftf.RunAsync("prepare", Reviews(60), "--out", target, "--recipe", recipe);

        code.ShouldBe(ExitCode.Ok);
        output.ShouldContain("No text stands in two splits");
        Directory.GetFiles(target).Select(Path.GetFileName).Order(StringComparer.Ordinal).ShouldBe(
        [
            "manifest.json", "profile.json", "rejects.csv", "test.jsonl", "train.chat.jsonl", "train.completion.jsonl", "train.jsonl",
            "validation.chat.jsonl", "validation.completion.jsonl", "validation.jsonl",
        ]);
    }

    [Fact]
    public async Task A_file_that_is_not_there_and_a_broken_one_have_exit_codes_of_their_own()
    {
        (int missing, _, string error) = await Ftf.RunAsync("check", Path.Combine(_folder, "none.csv"));
        missing.ShouldBe(ExitCode.NotFound);
        error.ShouldContain("none.csv");

        string broken = Path.Combine(_folder, "broken.csv");
        await File.WriteAllTextAsync(broken, "text,label\n\"open,1\n", TestContext.Current.CancellationToken);
        (int code, _, error) = await Ftf.RunAsync("prepare", broken, "--out", Path.Combine(_folder, "dataset"));
        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldStartWith("error: broken.csv, line 2, column 1: a quote opens a cell here");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_data_file_is_not_overwritten_by_its_own_preparation(bool byLink)
    {
        string train = Path.Combine(_folder, "train.jsonl");
        File.Move(Reviews(60), train);
        byte[] before = await File.ReadAllBytesAsync(train, TestContext.Current.CancellationToken);
        string given = byLink ? File.CreateSymbolicLink(Path.Combine(_folder, "mine.csv"), train).FullName : train;

        (int code, _, string error) = await Ftf.RunAsync("prepare", given, "--out", _folder + Path.DirectorySeparatorChar);

        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldContain("is in the folder of --out");
        (await File.ReadAllBytesAsync(train, TestContext.Current.CancellationToken)).ShouldBe(before);
    }

    [Fact]
    public async Task Check_finds_texts_longer_than_a_models_window_with_their_lines()
    {
        string csv = Path.Combine(_folder, "long.csv");
        await File.WriteAllTextAsync(
            csv,
            "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"number {i} {(i is 7 or 9 ? new string('漢', 18_000) : "short")},{(i % 2 == 0 ? "good" : "bad")}\n")),
            TestContext.Current.CancellationToken);
        string recipe = Path.Combine(_folder, "recipe.json");
        await File.WriteAllTextAsync(recipe, """{ "candidates": [ { "name": "a", "model": "babbage-002" }, { "name": "b", "model": "gpt-4.1-mini" } ] }""", TestContext.Current.CancellationToken);

        (_, string output, _) = await Ftf.RunAsync("check", csv, "--recipe", recipe, "--json");

        JsonNode finding = JsonNode.Parse(output)!["profile"]!["findings"]!.AsArray().Single(found => (string?)found!["code"] == "longer-than-window")!;
        finding["count"]!.GetValue<int>().ShouldBe(2);
        finding["lines"]!.AsArray().Select(line => line!.GetValue<int>()).ShouldBe([9, 11]);
        finding["message"]!.GetValue<string>().ShouldContain("16,384 tokens that babbage-002 takes");
    }

    [Fact]
    public async Task Prepare_reads_standard_input()
    {
        string target = Path.Combine(_folder, "dataset");

        (int code, string output, string error) = await PipedAsync(Reviews(60), "prepare", "-", "--out", target);

        code.ShouldBe(ExitCode.Ok, output + error);
        JsonNode manifest = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(target, "manifest.json"), TestContext.Current.CancellationToken))!;
        manifest["source"]!["name"]!.GetValue<string>().ShouldBe("stdin");
        manifest["rows"]!["input"]!.GetValue<int>().ShouldBe(60);
    }

    [Fact]
    public async Task Drop_sends_standard_input()
    {
        string sent = "";
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        await using WebApplication host = builder.Build();
        host.Urls.Add("http://127.0.0.1:0");
        host.MapPost("/api/runs", async (HttpRequest request) =>
        {
            IFormFile file = (await request.ReadFormAsync()).Files.Single();
            using var reader = new StreamReader(file.OpenReadStream());
            sent = $"{file.FileName}: {await reader.ReadToEndAsync()}";
            return Results.Json(new { runId = "run-1", created = true }, statusCode: 202);
        });
        await host.StartAsync(TestContext.Current.CancellationToken);
        string csv = Reviews(60);

        (int code, string output, string error) = await PipedAsync(csv, "drop", "-", "--project", "piped", "--host", host.Urls.First());

        code.ShouldBe(ExitCode.Ok, output + error);
        sent.ShouldBe($"stdin.csv: {await File.ReadAllTextAsync(csv, TestContext.Current.CancellationToken)}");
    }

    /// <summary>The command line in a process of its own, whose standard input is the file.</summary>
    private async Task<(int Code, string Output, string Error)> PipedAsync(string file, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "ftf.dll"), .. args])
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder,
        };
        start.Environment["FTF_HOME"] = _folder;
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.StandardInput.WriteAsync(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken));
        process.StandardInput.Close();
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }

    private string Reviews(int rows)
    {
        var csv = new StringBuilder("id,review,stars\n");
        for (int i = 0; i < rows; i++)
        {
            csv.Append(CultureInfo.InvariantCulture, $"{i},This is review number {i},{(i % 5) + 1}\n");
        }

        string path = Path.Combine(_folder, "reviews.csv");
        File.WriteAllText(path, csv.ToString());
        return path;
    }
}
