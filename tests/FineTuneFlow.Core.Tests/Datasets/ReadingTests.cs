using System.IO.Compression;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class ReadingTests
{
    [Fact]
    public void Two_delimiters_that_fit_equally_well_are_a_question_that_either_answers()
    {
        byte[] drop = Encoding.UTF8.GetBytes("first,second;third\n" + string.Concat(Enumerable.Range(0, 60).Select(i =>
            $"{(i % 2 == 0 ? "good" : "bad")},some words about number {i};more words of {i}\n")));

        Finding question = Findings(new CsvRecipe()).Single(finding => finding.Code == "delimiter-tie");
        (question.Grade, question.AnsweredBy).ShouldBe((FindingGrade.Necessary, "dataset.csv.delimiter"));
        question.Remedy.ShouldBe("Set dataset.csv.delimiter to comma or semicolon");
        PreparedFolder.FailureOf(drop).Message.ShouldContain("are split as evenly by semicolon as by comma");
        Findings(new CsvRecipe { Delimiter = "comma" }).ShouldNotContain(finding => finding.Code == "delimiter-tie");
        using var answered = PreparedFolder.From(drop, new DatasetRecipe { Csv = new CsvRecipe { Delimiter = "comma" }, Label = "first" });
        answered.Manifest.Labels.Names.ShouldBe(["bad", "good"]);

        IEnumerable<Finding> Findings(CsvRecipe csv) => DatasetCheck.Check(
            "t.csv", () => new MemoryStream(drop), new DatasetRecipe { Csv = csv }, cancellation: TestContext.Current.CancellationToken).Profile.Findings;
    }

    [Theory]
    [InlineData("byte-order-mark.csv", "utf-8", "comma", "This is review number 0 about the battery part")]
    [InlineData("utf-16-le.csv", "utf-16", "comma", "This is review number 0 about the battérie 😀 part")]
    [InlineData("utf-16-be-without-mark.csv", "utf-16", "comma", "This is review number 14 about the folder part")]
    [InlineData("latin-1.csv", "latin-1", "comma", "This is review number 1 about the écran – 5 € part")]
    [InlineData("semicolon.csv", "utf-8", "semicolon", "This is review number 4 about the price part, really")]
    [InlineData("tab.csv", "utf-8", "tab", "This is review number 4 about the price part, really")]
    [InlineData("pipe.csv", "utf-8", "pipe", "This is review number 4 about the price part, really")]
    [InlineData("mixed-line-ends.csv", "utf-8", "comma", "This is review number 14 about the folder part")]
    [InlineData("line-breaks-in-cells.csv", "utf-8", "comma", "This is review number 2 about the camera part\nsecond line")]
    [InlineData("nul-bytes.csv", "utf-8", "comma", "This is review number 0 about the battery part")]
    [InlineData("backslash-quotes.csv", "utf-8", "comma", "He said \"never again\", twice")]
    [InlineData("quotes-in-unquoted-cells.csv", "utf-8", "comma", "the 5\" phone and \"good\" sound")]
    [InlineData("text-after-closing-quote.csv", "utf-8", "comma", "quoted and more")]
    public void Encodings_delimiters_line_ends_and_quotes_are_told_and_read(string fixture, string encoding, string delimiter, string text)
    {
        using var folder = PreparedFolder.FromFixture(fixture);

        folder.Manifest.Source.Encoding.ShouldBe(encoding);
        folder.Manifest.Source.Delimiter.ShouldBe(delimiter);
        folder.Manifest.Rows.Rejected.ShouldBe(0);
        folder.AllRows().ShouldContain(row => row.Text == text);
        folder.AllRows().Count.ShouldBeGreaterThanOrEqualTo(30);
    }

    [Theory]
    [InlineData("mixed-line-ends.csv", "mixed-line-ends")]
    [InlineData("latin-1.csv", "latin-1")]
    [InlineData("nul-bytes.csv", "nul-bytes")]
    [InlineData("backslash-quotes.csv", "backslash-quotes")]
    [InlineData("quotes-in-unquoted-cells.csv", "quotes-in-unquoted-cells")]
    [InlineData("text-after-closing-quote.csv", "text-after-closing-quote")]
    [InlineData("broken-utf-8-row.csv", "wrong-encoding")]
    public void What_was_repaired_is_a_finding(string fixture, string code) =>
        Check(PreparedFolder.Fixture(fixture)).Profile.Findings.ShouldContain(finding => finding.Code == code);

    [Fact]
    public void Json_lines_are_read_with_numbers_as_labels()
    {
        using var folder = PreparedFolder.FromFixture("rows.jsonl");

        folder.Manifest.Source.Format.ShouldBe("jsonl");
        folder.Manifest.Source.Delimiter.ShouldBeNull();
        folder.Manifest.Labels.Names.ShouldBe(["1", "2"]);
        folder.AllRows().Count.ShouldBe(30);
        folder.AllRows().ShouldAllBe(row => row.Text.EndsWith(" \"q\" é"));
    }

    [Theory]
    [InlineData("byte-order-mark.csv", "csv.gz")]
    [InlineData("rows.jsonl", "jsonl.gz")]
    public void A_packed_drop_gives_the_same_rows_as_the_plain_one(string fixture, string format)
    {
        byte[] plain = PreparedFolder.Fixture(fixture);
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        using var one = PreparedFolder.From(plain);
        using var other = PreparedFolder.From(packed.ToArray());

        other.Manifest.Source.Format.ShouldBe(format);
        other.Manifest.Source.Bytes.ShouldBe(packed.Length);
        other.Manifest.Files.ShouldBe(one.Manifest.Files);
    }

    [Fact]
    public void Without_a_header_columns_go_by_position()
    {
        using var folder = PreparedFolder.FromFixture("no-header.csv", new DatasetRecipe { Csv = new CsvRecipe { Header = false } });

        folder.Manifest.Settings.Text.ShouldBe(["2"]);
        folder.Manifest.Settings.Label.ShouldBe("3");
        folder.Manifest.Rows.Input.ShouldBe(30);
    }

    [Theory]
    [InlineData("review_id,stars,review_body,review_title,language", "review_title+review_body", "stars")]
    [InlineData("id,app,version,score,title,text,updated", "title+text", "score")]
    [InlineData("package_name,review,date,star", "review", "star")]
    [InlineData("split,text,intent", "text", "intent")]
    [InlineData("language,tweet,label", "tweet", "label")]
    [InlineData("Text,Category", "Text", "Category")]
    [InlineData("notes,kind,number", "notes", "kind")]
    public void Columns_are_recognised_by_name_or_by_their_values(string header, string text, string label)
    {
        string[] columns = header.Split(',');
        var csv = new StringBuilder(header + "\n");
        for (int i = 0; i < 40; i++)
        {
            csv.AppendJoin(',', columns.Select(column => column.ToLowerInvariant() switch
            {
                "stars" or "score" or "star" => $"{(i % 5) + 1}",
                "intent" or "label" or "category" or "kind" => i % 2 == 0 ? "good" : "bad",
                "split" => "train",
                "language" => "en",
                "review_id" or "id" or "number" => $"{i * 7919}",
                "app" or "package_name" => "com.example",
                "version" => "1.2",
                "date" or "updated" => $"2026-01-{(i % 28) + 1:00}",
                _ => $"some words about number {i} and more of {column}",
            })).Append('\n');
        }

        RecognisedColumns columnsFound = Check(Encoding.UTF8.GetBytes(csv.ToString())).Profile.Columns;

        string.Join('+', columnsFound.Text).ShouldBe(text);
        columnsFound.Label.ShouldBe(label);
        columnsFound.TextReason.ShouldNotBeEmpty();
        columnsFound.LabelReason.ShouldNotBeEmpty();
    }

    [Fact]
    public void Rows_read_back_name_the_line_that_is_no_row()
    {
        using var jsonl = new MemoryStream(Encoding.UTF8.GetBytes("{\"id\":\"1\",\"text\":\"a\",\"label\":\"b\"}\n{\"id\":\"2\"}\n"));

        var exception = Should.Throw<Core.Failures.FlowException>(() => DatasetFiles.ReadRows(jsonl, "test.jsonl").ToList());

        exception.Failure.ToString().ShouldStartWith("test.jsonl, line 2: ");
    }

    private static DatasetCheckResult Check(byte[] drop) => DatasetCheck.Check(
        "reviews.csv", () => new MemoryStream(drop), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken);
}
