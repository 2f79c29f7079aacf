using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>OpenAI's own training files are read: prompt/completion with its endings, and chat.</summary>
public sealed class TrainingFileTests
{
    [Theory]
    [InlineData("\n\n###\n\n", "")]
    [InlineData(" ->", " END")]
    [InlineData("\n\nSentiment:", "\n")]
    [InlineData("", "")]
    public void Prompts_and_completions_are_read_without_their_endings(string ending, string stop)
    {
        string jsonl = string.Concat(Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(
            new { prompt = $"a text with the number {i} in it{ending}", completion = $" {(i % 2 == 0 ? "positive" : "very negative")}{stop}" }) + "\n"));

        using var folder = PreparedFolder.From(jsonl);

        folder.Manifest.Labels.Names.ShouldBe(["positive", "very negative"]);
        folder.AllRows().ShouldContain(row => row.Text == "a text with the number 7 in it");
        folder.AllRows().Count.ShouldBe(40);
    }

    [Fact]
    public void Texts_that_only_happen_to_end_alike_are_left_as_they_are()
    {
        string jsonl = string.Concat(Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(new { prompt = $"number {i} is good.", completion = $"{i % 2}" }) + "\n"));

        using var folder = PreparedFolder.From(jsonl);

        folder.AllRows().ShouldAllBe(row => row.Text.EndsWith("is good."));
    }

    [Fact]
    public void Conversations_are_read_whatever_form_their_content_has()
    {
        string jsonl = string.Concat(Enumerable.Range(0, 40).Select(i => JsonSerializer.Serialize(new
        {
            messages = new object[]
            {
                new { role = "system", content = "You rate reviews." },
                i % 3 == 0 ? new { role = "user", content = new object[] { new { type = "text", text = $"review {i} “é” \"q\"" } } } : new { role = "user", content = $"review {i} “é” \"q\"" },
                new { role = "assistant", content = i % 2 == 0 ? "good" : "bad" },
            },
        }) + "\n"));

        using var folder = PreparedFolder.From(jsonl);

        folder.Manifest.Labels.Names.ShouldBe(["bad", "good"]);
        folder.AllRows().ShouldContain(row => row.Text == "review 3 “é” \"q\"" && row.Label == "bad");
        folder.Manifest.Rows.Rejected.ShouldBe(0);
    }

    [Fact]
    public void What_a_run_uploads_reads_back_as_the_rows_it_was_made_from()
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"a text with the number {i},{(i % 2 == 0 ? "good" : "bad")}\n"));
        using var first = PreparedFolder.From(csv);

        foreach (ManifestFile file in first.Manifest.Files.Where(file => file.Split == Split.Train && file.Form != DatasetFiles.RowsForm))
        {
            using var again = PreparedFolder.From(File.ReadAllBytes(Path.Combine(first.Path, file.Name)), name: file.Name);

            again.AllRows().Select(row => (row.Id, row.Text, row.Label)).ShouldBe(first.Rows(Split.Train).Select(row => (row.Id, row.Text, row.Label)), ignoreOrder: true);
        }
    }

    [Fact]
    public void Html_entities_in_many_texts_are_a_finding_that_names_the_setting()
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"\"number {i}{(i % 5 == 0 ? " &amp; it&#39;s" : " R&D; AT&T")}\",{(i % 2 == 0 ? "good" : "bad")}\n"));
        DatasetProfile Check(bool decode) => DatasetCheck.Check(
            "t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new DatasetRecipe { Cleaning = new CleaningRecipe { HtmlEntities = decode } }, cancellation: TestContext.Current.CancellationToken).Profile;

        Finding finding = Check(decode: false).Findings.Single(finding => finding.Code == "html-entities");
        finding.Count.ShouldBe(40);
        finding.Remedy.ShouldContain("dataset.cleaning.htmlEntities");
        Check(decode: true).Findings.ShouldNotContain(f => f.Code == "html-entities");
    }
}
