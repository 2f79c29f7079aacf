using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Cli.CommandLine;

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
        error.ShouldContain("stands in the folder of --out");
        (await File.ReadAllBytesAsync(train, TestContext.Current.CancellationToken)).ShouldBe(before);
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
