using System.Text.Json;
using FineTuneFlow.Cli.CommandLine;

namespace FineTuneFlow.Cli.Tests.Commands;

/// <summary><c>ftf evaluate</c> and <c>ftf compare</c> on the files of other tools.</summary>
public sealed class EvaluateCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ftf-evaluate-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Predictions_of_two_tools_in_two_formats_and_another_order_are_compared_by_id()
    {
        string holdout = Write("holdout.csv", "id,label,text\n" + Lines(40, i => $"r{i},{(i % 5) + 1},text {i}"));
        string csv = Write("logreg.csv", "row_id,y_pred,p_1,p_5\n" + Lines(40, i => $"r{39 - i},{((39 - i) % 5) + 1}.0,0.5,0.5"));
        string jsonl = Write("bayes.jsonl", Lines(40, i => $$$"""{"id":"r{{{(i * 7) % 40}}}","prediction":"1","probabilities":{"1":0.6,"5":0.4}}"""));

        (int code, string output, _) = await Ftf.RunAsync("compare", "--holdout", holdout, "-p", csv, "-p", $"nb={jsonl}");
        (_, string json, _) = await Ftf.RunAsync("compare", "--json", "--holdout", holdout, "-p", csv, "-p", $"nb={jsonl}");

        code.ShouldBe(ExitCode.Ok);
        output.ShouldContain("100.0 % (91.2–100.0 %)");
        output.ShouldContain("20.0 % (10.5–34.8 %)");
        output.Split('\n').ShouldContain(line => line.StartsWith("accuracy") && line.Contains("< 0.001") && line.EndsWith("logreg"));
        JsonElement answer = JsonDocument.Parse(json).RootElement;
        answer.GetProperty("candidates")[1].GetProperty("name").GetString().ShouldBe("nb");
        answer.GetProperty("candidates")[0].GetProperty("metrics").GetProperty("accuracy").GetDouble().ShouldBe(1);
        answer.GetProperty("comparisons")[0].GetProperty("onlyFirst").GetInt32().ShouldBe(32);
    }

    [Theory]
    [InlineData("a,5", "a,5", "1 row, 1 label")]
    [InlineData("a,yes\nb,yes\nc,yes", "a,yes\nb,no\nc,yes", "3 rows, 2 labels")]
    [InlineData("a,5\nb,4\nc,4", "a,5\nx,5", "2 missing")]
    [InlineData("a,5\nb,4", "a,\nb,", "2 no label")]
    [InlineData("a,5\nb,4\nc,1", "a,5\nb,5\nc,5", "33.3 %")]
    public async Task Extreme_files_are_scored_and_never_show_what_is_no_number(string holdout, string predictions, string part)
    {
        (int code, string output, string error) = await Ftf.RunAsync(
            "evaluate", "--holdout", Write("holdout.csv", $"id,label\n{holdout}\n"), "-p", Write("predictions.csv", $"id,label\n{predictions}\n"));

        (code, error).ShouldBe((ExitCode.Ok, ""));
        output.ShouldContain(part);
        output.ShouldNotContain("NaN");
        output.ShouldNotContain("∞");
    }

    [Fact]
    public async Task Scores_are_shown_by_label_and_by_slice_with_intervals()
    {
        string holdout = Write("holdout.csv", "id,label,text,slices\n" + Lines(60, i => $"r{i},{(i % 2 == 0 ? "yes" : "no")},text {i},\"{{\"\"app\"\":\"\"{(i < 30 ? "mail" : "blog")}\"\"}}\""));
        string predictions = Write("p.csv", "id,label\n" + Lines(60, i => $"r{i},{(i < 30 || i % 2 == 0 ? (i % 2 == 0 ? "yes" : "no") : "yes")}"));

        (_, string output, _) = await Ftf.RunAsync("evaluate", "--holdout", holdout, "-p", predictions);

        string[] lines = output.Split('\n');
        lines.ShouldContain(line => line.StartsWith("no ") && line.Contains("50.0 % (33.2–66.8 %)"));
        lines.ShouldContain(line => line.StartsWith("app") && line.Contains("mail") && line.Contains("100.0 % (88.6–100.0 %)"));
        lines.ShouldContain(line => line.StartsWith("app") && line.Contains("blog") && line.Contains("50.0 %"));
    }

    [Theory]
    [InlineData("id,label\n", "--good", "5", "Give a CSV file with a header line")]
    [InlineData("id,label\na,5\n", "--good", "9", "--good: the good label \"9\" does not occur")]
    [InlineData("id,label\na,5\n", "--alpha", "0.9", "--alpha is not between")]
    [InlineData("id,label\nx,5\ny,4\n", "--resamples", "10", "only 0 of 2 ids of the predictions occur in the holdout")]
    [InlineData("id,label,model\na,5,4\nb,4,5\n", "--resamples", "10", "--prediction-column model")]
    [InlineData("number,label\na,5\n", "--resamples", "10", "there is no column with the row id")]
    public async Task What_cannot_be_scored_is_refused_with_its_remedy(string predictions, string option, string value, string part)
    {
        (int code, _, string error) = await Ftf.RunAsync(
            "evaluate", "--holdout", Write("holdout.csv", "id,label\na,5\nb,4\n"), "-p", Write("p.csv", predictions), option, value);

        code.ShouldBe(ExitCode.InvalidInput);
        error.ShouldContain(part);
    }

    [Fact]
    public async Task Suspects_of_a_comparison_are_written_as_a_file_to_correct()
    {
        string holdout = Write("holdout.csv", "id,label,text\na,no,wrongly labelled\nb,yes,fine\nc,yes,fine too\n");
        string predictions = "id,label\na,yes\nb,yes\nc,yes\n";
        string suspects = Path.Combine(_folder, "suspects.csv");

        (int code, _, _) = await Ftf.RunAsync("compare", "--holdout", holdout, "-p", Write("one.csv", predictions), "-p", Write("two.csv", predictions), "--suspects", suspects);

        code.ShouldBe(ExitCode.Ok);
        string[] lines = File.ReadAllText(suspects).Split("\r\n");
        lines[0].ShouldBe("text,label,suggested,confidence,agreeing,id");
        lines[1].ShouldBe("\"wrongly labelled\",no,yes,,2,a");
    }

    private static string Lines(int count, Func<int, string> line) => string.Concat(Enumerable.Range(0, count).Select(i => line(i) + "\n"));

    private string Write(string name, string content)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return path;
    }
}
