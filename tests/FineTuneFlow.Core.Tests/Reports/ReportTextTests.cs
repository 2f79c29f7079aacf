using System.Text;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Reports.Text;
using Markdig;
using Markdig.Extensions.Tables;
using Markdig.Syntax;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>What stands in a terminal: report.md and the answers of evaluate and compare.</summary>
public sealed class ReportTextTests
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().Build();

    [Fact]
    public void The_tables_of_the_markdown_report_line_up_as_they_stand_and_are_tables_to_a_reader_of_markdown()
    {
        ReportInput input = SampleRun.Input(300);
        const string Name = "a|b_c *d* `e` 漢字";
        input = input with { Candidates = [.. input.Candidates.Select((candidate, i) => i == 0 ? candidate with { Name = Name } : candidate)] };

        string text = ReportMarkdown.Write(ReportBuilder.Build(input));

        Table[] tables = [.. Markdown.Parse(text, Pipeline).Descendants<Table>()];
        tables.Length.ShouldBe(6);
        tables.ShouldAllBe(table => table.Count > 2 && table.All(row => ((TableRow)row).Count == ((TableRow)table[0]).Count));
        foreach (string[] block in text.Split("\n\n").Where(block => block.StartsWith('|')).Select(block => block.TrimEnd().Split('\n')))
        {
            // Wide characters take two places.
            block.Select(line => line.Length + line.Count(c => c is '漢' or '字')).Distinct().Count().ShouldBe(1, block[0]);
        }

        Markdown.ToHtml(text, Pipeline).ShouldContain("a|b_c *d* `e` 漢字");
    }

    [Theory]
    [InlineData("app_reviews_k9.csv", "app_reviews_k9.csv")]
    [InlineData("_private", "\\_private")]
    [InlineData("# title", "\\# title")]
    [InlineData("<b>&amp;", "&lt;b>&amp;amp;")]
    [InlineData("> p < 0.001 & more", "&gt; p < 0.001 & more")]
    [InlineData("a\nb", "a b")]
    public void Only_what_would_be_markup_is_escaped(string text, string shown) => MarkdownText.Plain(text).ShouldBe(shown);

    [Fact]
    public void Code_holds_nothing_that_could_end_it() => MarkdownText.Code("a`b|c_d").ShouldBe("`a b c_d`");

    [Fact]
    public void Figures_stand_to_the_right_and_no_line_ends_in_spaces()
    {
        var text = new StringBuilder();
        new AlignedTable(["name", "rows|", "note"]).Add([["ab", "1,000", ""], ["c", "5", "x"]]).WritePlain(text);

        text.ToString().ShouldBe("name   rows  note\nab    1,000\nc         5  x\n");
    }

    [Theory]
    [InlineData(0.9999, "p = 1.00")]
    [InlineData(0.1234, "p = 0.12")]
    [InlineData(0.0512, "p = 0.051")]
    [InlineData(0.0004, "p < 0.001")]
    public void P_values_have_no_more_digits_than_they_need(double p, string shown) => Formatting.P(p).ShouldBe(shown);

    [Fact]
    public void Negative_scores_are_written_with_a_minus_and_their_range_in_words()
    {
        Formatting.Number(-0.5).ShouldBe("−0.500");
        Formatting.Range(Score.QuadraticKappa, new Interval(-0.2, 0.3, IntervalMethod.Bca)).ShouldBe("−0.200 to 0.300");
    }
}
