using System.Text.Json;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Tests.Commands;

public sealed class SampleCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-sample-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task It_writes_the_rows_asked_for_into_a_folder_that_it_makes()
    {
        string file = Path.Combine(_folder, "made", "up.csv");

        (int code, string output, _) = await Ftf.RunAsync("sample", "--rows", "50", "--out", file, "--seed", "3");

        code.ShouldBe(ExitCode.Ok);
        output.ShouldContain("50 made-up reviews");
        string text = await File.ReadAllTextAsync(file);
        text.ShouldStartWith("review_id,app,review_title,review,date,stars\n");
        text.ShouldContain("\nr0000050,");
        Directory.GetFiles(Path.GetDirectoryName(file)!).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task The_same_seed_writes_the_same_file_again()
    {
        string file = Path.Combine(_folder, "a.csv");
        await Ftf.RunAsync("sample", "--rows", "200", "--out", file);
        byte[] first = await File.ReadAllBytesAsync(file);

        (_, string output, _) = await Ftf.RunAsync("sample", "--rows", "200", "--out", file, "--json");

        (await File.ReadAllBytesAsync(file)).ShouldBe(first);
        JsonDocument.Parse(output).RootElement.GetProperty("bytes").GetInt64().ShouldBe(first.Length);
    }

    [Theory]
    [InlineData("--rows", "0")]
    [InlineData("--rows", "many")]
    public async Task A_number_of_rows_that_makes_no_sense_is_refused_and_writes_nothing(string option, string value)
    {
        string file = Path.Combine(_folder, "a.csv");

        (int code, _, string error) = await Ftf.RunAsync("sample", option, value, "--out", file);

        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldContain("error");
        File.Exists(file).ShouldBeFalse();
    }
}
