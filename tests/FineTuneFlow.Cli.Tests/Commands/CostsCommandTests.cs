using System.Text.Json;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Tests.Commands;

public sealed class CostsCommandTests
{
    [Fact]
    public async Task The_chapters_five_options_are_shown_as_table_and_chart()
    {
        (int code, string output, _) = await Ftf.RunAsync("costs");

        code.ShouldBe(ExitCode.Ok);
        output.ShouldContain("few-shot, chain of thought");
        output.ShouldContain("0.0816");
        output.ShouldContain("day 365");
        output.ShouldContain("Cheapest over these days: just ask");
        output.ShouldNotContain("\e[");
        output.Split('\n').ShouldAllBe(line => line.TrimEnd().Length <= 110);
    }

    [Fact]
    public async Task Json_has_the_projection_and_the_break_even_points()
    {
        (int code, string output, _) = await Ftf.RunAsync("costs", "--json", "--days", "30", "--option", "ours=50,1,1,1,10", "--option", "theirs=50,1,4,4");

        code.ShouldBe(ExitCode.Ok);
        JsonElement answer = JsonDocument.Parse(output).RootElement;
        answer.GetProperty("projection").GetProperty("days").GetArrayLength().ShouldBe(30);
        JsonElement point = answer.GetProperty("breakEven")[0];
        point.GetProperty("cheap").GetString().ShouldBe("ours");
        point.GetProperty("calls").GetDouble().ShouldBe(10 / (51 * 3e-6), 1);
    }

    [Fact]
    public async Task A_fine_tuned_model_is_priced_from_the_book_or_a_price_file()
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, """{"asOf":"2027-01-01","source":"ours","tokens":[{"model":"gpt-4.1-mini","asOf":"2027-01-01","training":1,"tunedInput":2,"tunedOutput":2}]}""");

            (_, string listed, _) = await Ftf.RunAsync("costs", "--json", "--days", "1", "--model", "gpt-4.1-mini", "--training-tokens", "2000000");
            (_, string ours, _) = await Ftf.RunAsync("costs", "--json", "--days", "1", "--model", "gpt-4.1-mini", "--training-tokens", "2000000", "--prices", file);

            Option(listed).GetProperty("fixedUsd").GetDouble().ShouldBe(10);
            Option(ours).GetProperty("fixedUsd").GetDouble().ShouldBe(2);
            Option(ours).GetProperty("inputUsd").GetDouble().ShouldBe(2);
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Theory]
    [InlineData("--option", "ours=50,1", "not an option")]
    [InlineData("--option", "ours=50,1,x,1", "not an option")]
    [InlineData("--model", "gpt-9", "no price is listed")]
    [InlineData("--volume", "-5", "volume")]
    [InlineData("--days", "0", "days")]
    [InlineData("--growth", "900", "growth")]
    public async Task What_cannot_be_meant_is_refused_with_a_remedy(string option, string value, string part)
    {
        (int code, _, string error) = await Ftf.RunAsync("costs", option, value);

        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldContain(part);
    }

    private static JsonElement Option(string output) => JsonDocument.Parse(output).RootElement.GetProperty("projection").GetProperty("options")[0];
}
