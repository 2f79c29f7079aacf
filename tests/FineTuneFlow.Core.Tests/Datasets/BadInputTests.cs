using System.IO.Compression;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Each malformed drop ends in a message that says where and what to do, and leaves no half-made folder.</summary>
public sealed class BadInputTests
{
    [Theory]
    [InlineData("empty.csv", "empty.csv: the file is empty", "header line")]
    [InlineData("blank-lines-only.csv", "the file is empty", "header line")]
    [InlineData("header-only.csv", "header-only.csv, line 1: the file has a header and no rows", "ten labelled texts")]
    [InlineData("one-column.csv", "one-column.csv, line 1: only one column (\"text\")", "dataset.csv.delimiter")]
    [InlineData("one-class.csv", "one-class.csv, column label: the label column \"label\" holds one class only (\"1\")", "dataset.label")]
    [InlineData("nine-examples.csv", "only 9 of 9 rows can be used, fewer than ten examples", "add rows")]
    [InlineData("nine-different-texts.csv", "only 9 different texts are left", "other texts")]
    [InlineData("unclosed-quote.csv", "unclosed-quote.csv, line 7, column 1: a quote opens a cell here and is never closed", "Double the quotes")]
    [InlineData("quote-swallows-lines.csv", "quote-swallows-lines.csv, line 3, column 8: a quote opens a cell here and closes 2 lines further down", "Double the quotes")]
    [InlineData("damaged.csv.gz", "damaged.csv.gz: the gzip data is damaged", "gzip -t")]
    public void A_malformed_drop_is_refused_with_place_and_remedy(string fixture, string expected, string remedy)
    {
        Failure failure = PreparedFolder.FailureOf(PreparedFolder.Fixture(fixture), name: fixture);

        failure.Kind.ShouldBe(FailureKind.InvalidInput);
        failure.ToString().ShouldContain(expected);
        failure.Remedy.ShouldNotBeNull().ShouldContain(remedy);
        failure.Location.ShouldNotBeNull().File.ShouldBe(fixture);
    }

    [Fact]
    public void What_xz_packs_is_told()
    {
        byte[] packed = [0xFD, .. "7zXZ"u8, 0, 0, 4, .. Enumerable.Range(0, 200).Select(i => (byte)(i * 37))];

        PreparedFolder.FailureOf(packed, new DatasetRecipe()).ToString().ShouldContain("packed with bzip2 or xz");
    }

    [Theory]
    [InlineData("PK\u0003\u0004workbook", "a ZIP archive or an Excel workbook", "Save the sheet as CSV")]
    [InlineData("PAR1columns", "a Parquet file", "CSV or JSON lines")]
    [InlineData("ARROW1\0\0columns", "an Arrow file", "CSV or JSON lines")]
    [InlineData("BZh91AY&SYpacked", "packed with bzip2 or xz", "gzip")]
    [InlineData("%PDF-1.7", "a PDF document", "as CSV")]
    [InlineData("[\n  {\"text\": \"good\", \"label\": \"1\"}]", "one JSON array", "jq -c")]
    [InlineData("[[\"good\", 1]]", "one JSON array", "jq -c")]
    [InlineData("{'text': 'good', 'label': 1}\n{'text': 'bad', 'label': 2}\n", "dictionaries as Python prints them, not JSON", "json.dumps")]
    [InlineData("{\"text\":{\"0\":\"a\",\"1\":\"b\"},\"label\":{\"0\":1,\"1\":2}}", "JSON by columns, as pandas' to_json writes it", "lines=True")]
    [InlineData("{\"0\":{\"text\":\"a\",\"label\":1}}", "JSON with rows under their index, as pandas' to_json writes it", "lines=True")]
    [InlineData("{\"columns\":[\"text\",\"label\"],\"index\":[0],\"data\":[[\"a\",1]]}", "JSON by columns", "lines=True")]
    [InlineData("{\"text\":[\"a\",\"b\"],\"label\":[1,2]}", "JSON by columns", "lines=True")]
    [InlineData("{\"data\":[{\"text\":\"a\",\"label\":1}]}", "one JSON object that holds the rows in \"data\"", "jq -c '.\"data\"[]'")]
    [InlineData("{\n  \"text\": \"a\",\n  \"label\": 1\n}\n{\n  \"text\": \"b\"\n}", "JSON whose objects go over several lines", "jq -c .")]
    [InlineData("[\"good, really\", \"1\"]\n[\"bad\", \"2\"]\n", "one JSON list a line", "jq -c '{text: .[0], label: .[1]}'")]
    [InlineData("// rows\r\n{\"text\": \"a\", \"label\": 1}\r\n", "JSON lines below a line that is not JSON", "tail -n +2")]
    [InlineData("\n<!DOCTYPE html><title>404</title>", "a web page", "error page")]
    public void What_is_no_table_is_called_by_its_name(string content, string what, string remedy)
    {
        Failure failure = PreparedFolder.FailureOf(Encoding.UTF8.GetBytes(content), name: "drop.csv");

        failure.ToString().ShouldStartWith($"drop.csv: this is not a CSV but {what}.");
        failure.Remedy.ShouldNotBeNull().ShouldContain(remedy);
    }

    [Theory]
    [InlineData("{\"text\": \"a\u0001\", \"label\": 1}\n", "drop.csv, line 1: this line is not a JSON object (character 12).")]
    [InlineData("\n{\"text\": \"a \\x\", \"label\": 1}\n", "drop.csv, line 2: this line is not a JSON object (character 14).")]
    [InlineData("{}\n{}\n", "drop.csv, line 1: the JSON lines have fewer than two properties, but a text and a label are needed.")]
    public void Lines_of_which_none_can_be_read_are_not_said_to_lack_properties(string content, string told) =>
        PreparedFolder.FailureOf(Encoding.UTF8.GetBytes(content), name: "drop.csv").ToString().ShouldStartWith(told);

    [Theory]
    [InlineData("[text],[label]\n")]
    [InlineData("[1],[2]\n")]
    [InlineData("text,label\n")]
    public void A_header_in_brackets_or_a_cell_of_JSON_makes_no_JSON_lines(string header)
    {
        string rows = string.Concat(Enumerable.Range(0, 20).Select(i => $"\"{{\"\"id\"\": {i}, \"\"said\"\": \"\"number {i}\"\"}}\",{(i % 2 == 0 ? "good" : "bad")}\n"));

        PreparedFolder.From(header + rows).AllRows().Count.ShouldBe(20);
    }

    [Fact]
    public void Random_bytes_are_no_text()
    {
        byte[] bytes = new byte[5_000];
        new Random(1).NextBytes(bytes);

        PreparedFolder.FailureOf(bytes).Message.ShouldBe("this is not a CSV but a binary file");
    }

    [Fact]
    public void A_few_rows_in_which_no_label_can_be_told_are_too_few() =>
        PreparedFolder.FailureOf("review,verdict\na,b\nc,d\n"u8.ToArray()).Message.ShouldContain("fewer than ten examples");

    [Theory]
    [InlineData(300)]
    [InlineData(20)]
    [InlineData(-1)]
    public void Gzip_data_that_is_cut_off_is_refused(int length)
    {
        byte[] whole = Packed(Rows(5000));

        Failure failure = PreparedFolder.FailureOf(whole[..(length < 0 ? whole.Length + length : length)], name: "reviews.csv.gz");

        failure.ToString().ShouldContain("reviews.csv.gz: the gzip data is damaged or cut off");
    }

    [Fact]
    public void Gzip_files_one_behind_the_other_are_one_drop()
    {
        byte[] both = [.. Packed(Rows(40)), .. Packed(Rows(60, from: 40, header: ""))];

        using var folder = PreparedFolder.From(both, name: "reviews.csv.gz");

        folder.Manifest.Rows.Input.ShouldBe(100);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_a_damaged_character_and_the_row_is_used()
    {
        string jsonl = string.Concat(Enumerable.Range(0, 40).Select(i => $"{{\"text\":\"number {i} \\n \\\"q\\\" \\ud83d\",\"label\":\"{i % 2}\"}}\n"));

        using var folder = PreparedFolder.From(jsonl);

        folder.Manifest.Rows.Rejected.ShouldBe(0);
        folder.AllRows().ShouldAllBe(row => row.Text.EndsWith("\"q\" \ufffd"));
    }

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"number N \ud83d"},{"role":"assistant","content":"L"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"number N \ud83d"}]},{"role":"assistant","content":"L"}]}""")]
    [InlineData("""{"messages":[{"role":"user","\ud800":1,"content":"number N \ud83d"},{"role":"assistant","content":"L"}]}""")]
    [InlineData("""{"messages":[{"role":"user","content":[{"type":"text","text":"number N \ud83d","\ud800":1}]},{"role":"assistant","content":"L"}]}""")]
    [InlineData("""{"\udc00":1,"text":"number N \ud83d","label":"L"}""")]
    [InlineData("""{"text":"number N \ud83d","label":"L","more":{"\udc00":"\ud800"}}""")]
    public void Half_a_surrogate_pair_in_a_conversation_or_a_name_is_a_damaged_character_too(string line)
    {
        string jsonl = string.Concat(Enumerable.Range(0, 40).Select(i => line.Replace("N", $"{i}", StringComparison.Ordinal).Replace("L", $"{i % 2}", StringComparison.Ordinal) + "\n"));

        using var folder = PreparedFolder.From(jsonl);

        folder.Manifest.Rows.Rejected.ShouldBe(0);
        folder.AllRows().Count.ShouldBe(40);
        folder.AllRows().ShouldAllBe(row => row.Text.EndsWith('\ufffd'));
    }

    [Fact]
    public void Rows_that_end_before_the_last_columns_are_read_and_counted()
    {
        string csv = "text,label,comment,shop\n" + string.Concat(Enumerable.Range(0, 40).Select(i => i % 2 == 0 ? $"number {i},a\n" : $"number {i},b,c,d\n"));

        DatasetProfile profile = DatasetCheck.Check(
            "t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile;

        (profile.Rows.Rejected, profile.Reading.ShortRows).ShouldBe((0, 20));
    }

    [Fact]
    public void Texts_with_unquoted_delimiters_are_refused_with_what_they_are()
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"good, number {i}, really,a\n"));

        Failure failure = PreparedFolder.FailureOf(Encoding.UTF8.GetBytes(csv), new DatasetRecipe { Text = new OneOrMany<string>("text"), Label = "label" });

        failure.ToString().ShouldContain("4 cells where the header has 2");
        failure.Remedy.ShouldNotBeNull().ShouldContain("double quotes");
    }

    private static byte[] Packed(string csv)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            gzip.Write(Encoding.UTF8.GetBytes(csv));
        }

        return packed.ToArray();
    }

    private static string Rows(int count, int from = 0, string header = "text,label\n") =>
        header + string.Concat(Enumerable.Range(from, count).Select(i => $"A text with the number {i},{i % 2}\n"));

    [Fact]
    public void A_column_that_is_not_there_is_named_with_the_nearest_one()
    {
        Failure failure = PreparedFolder.FailureOf(
            PreparedFolder.Fixture("byte-order-mark.csv"), new DatasetRecipe { Text = new OneOrMany<string>("Text") });

        failure.Field.ShouldBe("dataset.text");
        failure.ToString().ShouldContain("there is no column \"Text\"");
        failure.ToString().ShouldContain("the file has text, label");
        failure.Remedy.ShouldNotBeNull().ShouldContain("\"text\"");
    }

    [Fact]
    public void A_label_outside_the_recipe_is_a_reject_with_its_line()
    {
        using var folder = PreparedFolder.FromFixture("no-such-labels.csv", new DatasetRecipe { Labels = new LabelsRecipe { Order = ["1", "2"] } });

        folder.Manifest.Rows.Rejected.ShouldBe(1);
        folder.Rejects().ShouldBe(["32,unknown-label,\"label \"\"6\"\" is not one of 1, 2\""]);
    }

    [Fact]
    public void A_good_label_that_never_occurs_is_refused() =>
        PreparedFolder.FailureOf(
                PreparedFolder.Fixture("byte-order-mark.csv"), new DatasetRecipe { Labels = new LabelsRecipe { Good = ["5"] } })
            .ToString().ShouldContain("the good label \"5\" does not occur; the labels are 1, 2");

    [Fact]
    public void A_rare_class_is_refused_with_its_name_and_count() =>
        PreparedFolder.FailureOf(PreparedFolder.Fixture("no-such-labels.csv"))
            .ToString().ShouldContain("1 class has fewer than 3 usable rows: \"6\" (1)");

    [Fact]
    public void A_cell_of_ten_megabytes_is_a_reject_and_the_rest_goes_on()
    {
        byte[] good = PreparedFolder.Fixture("byte-order-mark.csv");
        byte[] drop = [.. good, .. Encoding.UTF8.GetBytes(new string('x', 10_000_000) + ",1\n"), .. "after it,2\n"u8];

        using var folder = PreparedFolder.From(drop);

        string reject = folder.Rejects().ShouldHaveSingleItem();
        reject.ShouldStartWith("32,cell-size,");
        reject.ShouldContain("10,000,000 bytes");
        folder.AllRows().ShouldContain(row => row.Text == "after it");
    }

    [Fact]
    public void A_quote_that_swallows_a_huge_file_is_found_before_memory_runs_out()
    {
        byte[] line = Encoding.UTF8.GetBytes("a text that goes on,1\n");
        using var drop = new RepeatedStream("text,label\nfirst,1\n\"open,1\n"u8.ToArray(), line, 200L << 20);

        var exception = Should.Throw<FlowException>(() => DatasetCheck.Check(
            "huge.csv", () => drop, new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken));

        exception.Failure.ToString().ShouldContain("huge.csv, line 3: the record that begins here is longer than 64 MB");
    }

    [Fact]
    public void Rows_that_cannot_be_used_are_listed_with_line_and_reason()
    {
        using var ragged = PreparedFolder.FromFixture("ragged-rows.csv");
        ragged.Rejects().ShouldBe(["32,cell-count,3 cells where the header has 2", "33,cell-count,1 cells where the header has 2"]);
        ragged.AllRows().ShouldContain(row => row.Text == "with empty rest");

        using var empty = PreparedFolder.FromFixture("empty-cells.csv");
        empty.Rejects().ShouldBe(["32,empty-text,no text in text", "33,empty-label,no label", "34,empty-text,no text in text"]);

        using var broken = PreparedFolder.FromFixture("broken-utf-8-row.csv");
        broken.Rejects().ShouldBe(["32,encoding,byte 0xE9 at character 11 of column text is not UTF-8"]);
        broken.Manifest.Source.Encoding.ShouldBe("utf-8");

        using var json = PreparedFolder.FromFixture("broken-line.jsonl");
        json.Rejects()[0].ShouldStartWith("31,not-json,not a JSON object");
        json.Rejects()[1..].ShouldBe(["32,empty-text,no text in text", "33,empty-label,no label"]);
    }

    [Fact]
    public void Too_many_labels_are_no_labels()
    {
        var csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 12_000; i++)
        {
            csv.Append(System.Globalization.CultureInfo.InvariantCulture, $"text {i},label {i}\n");
        }

        PreparedFolder.FailureOf(Encoding.UTF8.GetBytes(csv.ToString()), new DatasetRecipe { Label = "label" })
            .ToString().ShouldContain("has more than 10000 different values");
    }

    [Fact]
    public void A_split_that_leaves_too_few_training_rows_is_refused() =>
        PreparedFolder.FailureOf(
                PreparedFolder.Fixture("byte-order-mark.csv"), new DatasetRecipe { Split = new SplitRecipe { Test = 0.4, Validation = 0.4 } })
            .ToString().ShouldContain("fine-tuning needs at least 10 examples");

    [Fact]
    public void A_cancelled_preparation_leaves_nothing_and_starts_again()
    {
        string folder = Directory.CreateTempSubdirectory("ftf-datasets-").FullName;
        try
        {
            using var stop = new CancellationTokenSource();
            var request = new PreparationRequest
            {
                SourceName = "reviews.csv",
                Open = () => new MemoryStream(PreparedFolder.Fixture("byte-order-mark.csv")),
                OutputDirectory = folder,
                Progress = new StopWhenWriting(stop),
            };
            Should.Throw<OperationCanceledException>(() => DatasetPreparation.Prepare(request, stop.Token));
            Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();

            DatasetPreparation.Prepare(request with { Progress = null }, TestContext.Current.CancellationToken);
            File.Exists(Path.Combine(folder, DatasetFiles.Manifest)).ShouldBeTrue();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class StopWhenWriting(CancellationTokenSource stop) : IProgress<PreparationProgress>
    {
        public void Report(PreparationProgress value)
        {
            if (value.Stage == "writing")
            {
                stop.Cancel();
            }
        }
    }
}
