using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

public sealed class ReportWritersTests
{
    private static readonly RunReport Report = ReportBuilder.Build(SampleRun.Input());

    [Fact]
    public void A_report_read_back_from_its_json_writes_the_same_pages()
    {
        RunReport read = ReportJson.Read(ReportJson.Write(Report));

        ReportJson.Write(read).ShouldBe(ReportJson.Write(Report));
        ReportHtml.Write(read).ShouldBe(ReportHtml.Write(Report));
        ReportMarkdown.Write(read).ShouldBe(ReportMarkdown.Write(Report));
    }

    [Fact]
    public void How_the_champion_did_in_use_is_told_alike_in_every_form_and_not_at_all_without_one()
    {
        foreach (string form in new[] { ReportMarkdown.Write(Report), ReportHtml.Write(Report) })
        {
            form.ShouldContain("The champion in use");
            form.ShouldContain("1,400 texts in the last 7 days, 2 without an answer, for");
            form.ShouldContain("5 85.7 %, 1 14.3 %");
            form.ShouldContain("drifted: labels 0.31, p 0.000 on 1,398; length 0.02");
            form.ShouldContain("accuracy 51.7 % of 60");
            form.ShouldContain("for 94.0 % of 300");
            form.ShouldContain("babbage-002 answers until 2026-09-28");
        }

        JsonNode health = JsonNode.Parse(ReportJson.Write(Report))!["championHealth"]!;
        (health["version"]!.GetValue<int>(), health["drift"]!.AsArray().Count, health["feedback"]!["of"]!.GetValue<int>()).ShouldBe((3, 2, 60));
        RunReport without = ReportBuilder.Build(SampleRun.Input(champion: false));
        ReportMarkdown.Write(without).ShouldNotContain("The champion in use");
        ReportHtml.Write(without).ShouldNotContain("The champion in use");
    }

    [Fact]
    public void A_report_made_before_slices_and_costs_had_all_they_have_now_is_still_read()
    {
        JsonNode old = JsonNode.Parse(ReportJson.Write(Report))!;
        foreach (JsonNode? slice in old["candidates"]!.AsArray().Select(candidate => candidate!["metrics"]?["slices"]).OfType<JsonArray>().SelectMany(slices => slices))
        {
            foreach (string later in (string[])["weightedF1", "balancedAccuracy", "meanAbsoluteError", "quadraticKappa", "logLoss", "brierScore", "expectedCalibrationError"])
            {
                slice!.AsObject().Remove(later);
            }
        }

        foreach (string later in (string[])["reconciliation", "pricesAsOf", "priceSource"])
        {
            old["costs"]!.AsObject().Remove(later);
        }

        RunReport read = ReportJson.Read(old.ToJsonString());

        ReportHtml.Write(read).ShouldContain(Report.Verdict.Sentence[..20]);
        ReportMarkdown.Write(read).ShouldContain("## Costs");
    }

    [Fact]
    public void The_page_loads_and_runs_nothing_and_every_chart_has_a_text()
    {
        string html = ReportHtml.Write(Report);
        // FINETUNEFLOW_REPORT_OUT: a file to look at the page in a browser.
        if (Environment.GetEnvironmentVariable("FINETUNEFLOW_REPORT_OUT") is { Length: > 0 } path)
        {
            File.WriteAllText(path, html);
        }

        html.ShouldNotContain("<script", Case.Insensitive);
        Regex.Matches(html, @"(?:src|href)\s*=\s*""([^""]*)""").Select(match => match.Groups[1].Value).ShouldAllBe(target => target.StartsWith('#'));
        Regex.Count(html, "<svg.*?</svg>", RegexOptions.Singleline).ShouldBeGreaterThan(8);
        foreach (Match svg in Regex.Matches(html, "<svg.*?</svg>", RegexOptions.Singleline))
        {
            XElement chart = XElement.Parse(svg.Value);
            chart.Elements().First(element => element.Name.LocalName == "title").Value.ShouldNotBeNullOrWhiteSpace();
            chart.Elements().First(element => element.Name.LocalName == "desc").Value.ShouldNotBeNullOrWhiteSpace();
        }

        Regex.Matches(html, @"\sid=""([^""]*)""").Select(match => match.Groups[1].Value).ShouldBeUnique();
    }

    [Fact]
    public void Simulated_candidates_are_called_so_wherever_their_scores_are_shown()
    {
        ReportHtml.Write(Report).ShouldContain("<span class=\"simulated\">simulated</span>");
        ReportHtml.Write(Report).ShouldContain("<strong>Simulated.</strong>");
        ReportMarkdown.Write(Report).ShouldContain("babbage-1 (simulated)");
    }

    [Fact]
    public void Texts_and_names_from_outside_cannot_become_markup()
    {
        const string Hostile = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)> \u0000\u0007 | `x` &amp; [a](javascript:b)";
        ReportInput input = SampleRun.Input(300, row: (i, row) => row with { Text = Hostile + i, Slices = row.Slices!.SetItem("app", Hostile) });
        input = input with
        {
            Project = Hostile,
            Candidates = [.. input.Candidates.Select(candidate => candidate with { Name = candidate.Name + Hostile, Model = Hostile, JobId = Hostile })],
            Champion = "stars-v3" + Hostile,
        };
        RunReport report = ReportBuilder.Build(input);
        string html = ReportHtml.Write(report);

        html.ShouldNotContain("<script", Case.Insensitive);
        html.ShouldNotContain("<img", Case.Insensitive);
        html.ShouldNotContain("<svg/");
        html.ShouldNotContain("\u0000");
        Regex.IsMatch(html, @"<[^>]*\son\w+\s*=").ShouldBeFalse();
        ReportMarkdown.Write(report).ShouldNotContain("<script", Case.Insensitive);
        Regex.IsMatch(ReportMarkdown.Write(report), @"(?<!\\)\]\(").ShouldBeFalse();
    }

    [Fact]
    public void The_page_of_sixty_thousand_rows_is_below_two_megabytes()
    {
        ReportInput input = SampleRun.Input(60_000, row: (_, row) => row with { Text = string.Join(' ', Enumerable.Repeat(row.Text, 3)) });

        // Three of its candidates: the page grows with their number by a few kilobytes only, the bootstrap by much time.
        input = input with { Candidates = [.. input.Candidates.Take(3)], Champion = null };

        System.Text.Encoding.UTF8.GetByteCount(ReportHtml.Write(ReportBuilder.Build(input))).ShouldBeLessThan(2_000_000);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Tiny_holdouts_neither_crash_nor_show_what_is_no_number(int rows)
    {
        for (int seed = 0; seed < 5; seed++)
        {
            RunReport report = ReportBuilder.Build(SampleRun.Input(rows, seed));
            foreach (string page in (string[])[ReportHtml.Write(report), ReportMarkdown.Write(report), ReportJson.Write(report)])
            {
                Regex.IsMatch(page, @"\b(NaN|Infinity)\b|∞").ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Labels_that_are_all_the_same_and_candidates_that_never_answer_are_reported()
    {
        ReportInput input = SampleRun.Input(50, row: (_, row) => row with { Label = "5" });
        input = input with { Candidates = [.. input.Candidates.Select(candidate => candidate with { Predictions = [] })] };
        RunReport report = ReportBuilder.Build(input);

        ReportHtml.Write(report).ShouldNotContain("NaN", Case.Sensitive);
        report.Findings.ShouldContain(finding => finding.Message.Contains("50 missing"));
    }
}
