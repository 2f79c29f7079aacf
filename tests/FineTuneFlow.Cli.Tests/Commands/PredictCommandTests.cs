using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary>What <c>ftf predict</c> refuses before it asks a host; nothing answers at the address given here.</summary>
public sealed class PredictCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-predict-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("mistyped.csv")]
    [InlineData("mistyped.JSONL")]
    [InlineData("mistyped.csv.gz")]
    [InlineData("no extension", "--out", "answers.csv")]
    [InlineData("no extension", "--text", "body")]
    public async Task A_file_that_is_missing_is_not_classified_as_if_its_name_were_a_text(string input, params string[] options)
    {
        (int code, _, string error) = await Ask([input, .. options]);

        code.ShouldBe(ExitCode.NotFound);
        error.ShouldContain($"there is no data file {input}");
    }

    [Theory]
    [InlineData("see the attached reviews.csv")]
    [InlineData("great.")]
    public async Task Anything_else_is_a_text(string text)
    {
        (int code, _, string error) = await Ask([text]);

        code.ShouldBe(ExitCode.Service, error);
    }

    [Fact]
    public async Task A_column_that_the_file_lacks_is_named_beside_those_it_has()
    {
        string file = Path.Combine(_folder, "new.csv");
        await File.WriteAllTextAsync(file, "id,body\n1,fine\n", TestContext.Current.CancellationToken);

        (int code, _, string error) = await Ask([file, "--out", Path.Combine(_folder, "answers.csv"), "--text", "review"]);

        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldContain("there is no column \"review\"; the columns are id, body");
    }

    private static Task<(int Code, string Output, string Error)> Ask(string[] arguments) =>
        Ftf.RunAsync(["predict", "-p", "reviews", "--host", "http://127.0.0.1:1", .. arguments]);
}
