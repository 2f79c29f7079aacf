using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

public sealed class SuspectsCsvTests
{
    private static readonly DatasetRecipe Settings = new()
    {
        Text = new OneOrMany<string>("title", "body"),
        Label = "stars",
        Filters = [new FilterRecipe { Column = "language", EqualTo = new OneOrMany<string>("en") }],
    };

    private static LabelSuspect Suspect(string text) => new("00ff", text, "1", "5", 0.987654, 3);

    [Fact]
    public void The_file_has_the_columns_of_the_drop_and_the_judgement()
    {
        string csv = SuspectsCsv.Write([Suspect("Great, \"really\"\n\nworks"), Suspect("one part only")], Settings);

        csv.Split("\r\n")[0].ShouldBe("title,body,stars,language,suggested,confidence,agreeing,id");
        csv.ShouldContain("\"Great, \"\"really\"\"\",works,1,en,5,0.9877,3,00ff");
        csv.ShouldContain("\"one part only\",,1,en,5");
    }

    [Fact]
    public void The_corrected_file_can_be_dropped_as_it_is()
    {
        string csv = SuspectsCsv.Write(Enumerable.Range(0, 30).Select(i => Suspect($"= title {i}\n\nbody, with \"quotes\" {i}") with { Label = i % 2 == 0 ? "1" : "5" }), Settings);

        DatasetCheckResult result = DatasetCheck.Check("suspects.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), Settings);

        (result.Profile.Rows.Input, result.Profile.Rows.Rejected, result.Profile.Rows.Filtered).ShouldBe((30, 0, 0));
    }

    [Fact]
    public void The_labels_of_a_corrected_file_are_read_by_row_and_other_files_are_none()
    {
        string csv = SuspectsCsv.Write([Suspect("one"), Suspect("two") with { Id = "00aa" }], Settings).Replace(",1,en,5,0.9877,3,00aa", ",4,en,5,0.9877,3,00aa", StringComparison.Ordinal);

        SuspectsCsv.Corrections("suspects.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), Settings)
            .ShouldBe(new Dictionary<string, string> { ["00ff"] = "1", ["00aa"] = "4" }, ignoreOrder: true);
        SuspectsCsv.Corrections("reviews.csv", () => new MemoryStream("id,title,body,stars,language\n1,a,b,5,en\n"u8.ToArray()), Settings).ShouldBeNull();
        SuspectsCsv.Corrections("broken.csv", () => new MemoryStream([]), Settings).ShouldBeNull();
    }

    [Theory]
    [InlineData("text,label,suggested,confidence,agreeing,id\r\none,1,5,0.9,3,00ff\r\n", true)]
    [InlineData("\"text\",\"label\",\"suggested\",\"confidence\",\"agreeing\",\"id\"\n\"one\",1,5,0.9,3,00ff\n", true)]
    [InlineData("\"the\ntext\";label;suggested;confidence;agreeing;id\none;1;5;0,9;3;00ff\n", true)]
    [InlineData("text,label,suggested,confidence\none,1,5,0.9\n", false)]
    [InlineData("text,label\n\"suggested, confidence, agreeing, id\",1\n", false)]
    [InlineData("why it was suggested with confidence by agreeing and idle readers,label\none,1\n", false)]
    public void A_file_of_suspects_is_known_by_its_columns_however_its_header_is_written(string start, bool isOne) =>
        SuspectsCsv.Starts("drop.csv", Encoding.UTF8.GetBytes(start)).ShouldBe(isOne);

    [Fact]
    public void Suspects_are_the_rows_that_all_good_candidates_contradict_alike()
    {
        RunReport report = ReportBuilder.Build(SampleRun.Input());

        report.Suspects!.Judges.Length.ShouldBeGreaterThan(1);
        report.Suspects.Judges.ShouldNotContain("late");
        report.Suspects.Rows.ShouldAllBe(row => row.Label != row.Suggested && row.Agreeing == report.Suspects.Judges.Length);
        report.Suspects.Rows.Select(row => row.Confidence).ShouldBeInOrder(SortDirection.Descending);
    }
}
