using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class FindingTests
{
    [Fact]
    public void Clean_data_has_no_findings()
    {
        var rows = Enumerable.Range(0, 1200).Select(i => (Text: $"A plain text with the number {i}", Label: i % 2 == 0 ? "good" : "bad"));

        Findings(rows).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("special-tokens", "it says <|endoftext|> here", FindingGrade.Advisable)]
    [InlineData("personal-data-cards", "my card is 4111 1111 1111 1111", FindingGrade.Necessary)]
    [InlineData("personal-data-emails", "write to me@example.com", FindingGrade.Advisable)]
    [InlineData("personal-data-phones", "call +44 20 7946 0958", FindingGrade.Advisable)]
    [InlineData("damaged-characters", "caf\uFFFD is good", FindingGrade.Advisable)]
    [InlineData("control-characters", "a bell\u0007 rings", FindingGrade.Advisable)]
    public void What_is_in_a_text_is_found_with_its_line(string code, string text, FindingGrade grade)
    {
        var rows = Enumerable.Range(0, 1200).Select(i => (Text: i == 7 ? text : $"A plain text with the number {i}", Label: i % 2 == 0 ? "good" : "bad"));

        Finding finding = Findings(rows).ShouldHaveSingleItem();

        finding.Code.ShouldBe(code);
        finding.Grade.ShouldBe(grade);
        finding.Count.ShouldBe(1);
        finding.Lines.ShouldBe([9L]);
        finding.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void A_first_row_that_was_taken_for_the_header_is_found()
    {
        string rows = string.Concat(Enumerable.Range(0, 1200).Select(i => $"A plain text with the number {i},{(i % 2 == 0 ? "good" : "bad")}\n"));
        DatasetCheckResult Check(bool header) => DatasetCheck.Check(
            "rows.csv",
            () => new MemoryStream(Encoding.UTF8.GetBytes(rows)),
            new DatasetRecipe { Csv = new CsvRecipe { Header = header } },
            cancellation: TestContext.Current.CancellationToken);

        Finding finding = Check(header: true).Profile.Findings.ShouldHaveSingleItem();

        finding.Code.ShouldBe("header-looks-like-a-row");
        finding.Remedy.ShouldContain("--no-header");
        Check(header: false).Profile.Findings.ShouldBeEmpty();
    }

    [Fact]
    public void Classes_are_judged()
    {
        var rows = Enumerable.Range(0, 400).Select(i => i < 10
            ? ($"please cancel my order {i}", "cancel_order")
            : i < 20 ? ($"I want the trip called off {i}", "cancel_trip") : ($"something else entirely {i}", "other"));

        List<Finding> findings = Findings(rows);

        findings.Select(f => f.Code).ShouldBe(["few-rows-per-class", "imbalance", "small-holdout", "labels-begin-alike"], ignoreOrder: true);
        findings.Single(f => f.Code == "few-rows-per-class").Message.ShouldContain("cancel_order (6)");
        findings.Single(f => f.Code == "imbalance").Message.ShouldContain("38 to 1");
    }

    [Fact]
    public void Texts_cut_before_they_came_here_are_noticed()
    {
        var rows = Enumerable.Range(0, 1200).Select(i => (
            Text: i % 20 == 0 ? $"{i:0000} ".PadRight(280, 'x') : $"short text {i}", Label: i % 2 == 0 ? "good" : "bad"));

        Finding finding = Findings(rows).Single(f => f.Code == "truncated-at-source");

        finding.Count.ShouldBe(60);
        finding.Message.ShouldContain("exactly 280 characters");
    }

    [Fact]
    public void Star_ratings_are_ordered_and_the_top_two_are_good()
    {
        var rows = Enumerable.Range(0, 200).Select(i => (Text: $"text {i}", Label: $"{(i % 5) + 1}"));

        DatasetProfile profile = Check(Texts.Csv(rows));

        profile.Labels.Names.ShouldBe(["1", "2", "3", "4", "5"]);
        profile.Labels.Ordered.ShouldBeTrue();
        profile.Labels.Good.ShouldBe(["4", "5"]);
        profile.LabelsReason.ShouldContain("star ratings");
    }

    [Fact]
    public void A_check_gives_the_counts_that_a_preparation_gives()
    {
        byte[] drop = PreparedFolder.Fixture("duplicates-and-conflicts.csv");
        using var folder = PreparedFolder.From(drop);

        DatasetProfile profile = Check(drop);

        profile.Rows.ShouldBe(folder.Manifest.Rows);
        profile.Duplicates.ConflictTexts.ShouldBe(2);
        profile.Duplicates.Conflicts[0].Labels.ShouldBe([new NamedCount("1", 2), new NamedCount("2", 1)]);
        profile.Duplicates.Conflicts[0].Kept.ShouldBe("1");
        profile.Splits.Sum(split => split.Rows).ShouldBe(profile.Rows.Train + profile.Rows.Validation + profile.Rows.Test);
    }

    private static List<Finding> Findings(IEnumerable<(string Text, string Label)> rows) => [.. Check(Texts.Csv(rows)).Findings];

    private static DatasetProfile Check(byte[] drop) => DatasetCheck.Check(
        "reviews.csv", () => new MemoryStream(drop), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile;
}
