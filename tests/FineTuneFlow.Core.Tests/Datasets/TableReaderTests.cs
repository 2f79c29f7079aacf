using System.Globalization;
using System.IO.Compression;
using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A drop as a table: its columns, and its records a batch at a time.</summary>
public sealed class TableReaderTests
{
    /// <summary>A batch holds half a megabyte.</summary>
    private static readonly string Long = string.Concat(Enumerable.Repeat("many words ", 30));

    [Theory]
    [InlineData("text,label\na,b\n", "text|label", "a|b")]
    [InlineData(" text , label \na,b\n", "text|label", "a|b")]
    [InlineData("text,,label,\na,b,c,d\n", "text|2|label|4", "a|b|c|d")]
    [InlineData("text,text,text_2\na,b,c\n", "text|text_2|text_2_2", "a|b|c")]
    [InlineData("text,label\n1,a,b\n2,c,d\n", "index|text|label", "1|a|b", "2|c|d")] // an index without a name
    [InlineData("index,text\n1,a,b\n2,c,d\n", "index_2|index|text", "1|a|b", "2|c|d")]
    [InlineData("text,label\n1,a,\n2,c,\n", "text|label", "1|a|", "2|c|")] // empty cells behind the last column
    [InlineData("text,label\nx y,a,b\nz,c,d\n", "text|label", "x y|a|b", "z|c|d")] // no index has blanks
    [InlineData("text,label\n1,a,b\n1,c,d\n", "text|label", "1|a|b", "1|c|d")] // nor the same value twice
    [InlineData("A title\ntext,label\na,b\nc,d\n", "text|label", "a|b", "c|d")]
    public void A_CSV_files_columns_are_its_headers(string csv, string columns, params string[] records) 
    {
        (string found, string[] rows) = Read(csv);
        found.ShouldBe(columns);
        rows.ShouldBe(records);
    }

    [Fact]
    public void Without_a_header_columns_are_numbered()
    {
        (string columns, string[] records) = Read("a,b,c\nd,e,f\n", new CsvRecipe { Header = false });

        columns.ShouldBe("1|2|3");
        records.ShouldBe(["a|b|c", "d|e|f"]);
    }

    [Theory]
    [InlineData("{\"text\":\"a\",\"label\":1}\n{\"label\":2.50,\"text\":\"b\"}\n", "text|label", "a|1", "b|2.50")]
    [InlineData("{\"text\":\"a\"}\n\n \t\r\n{\"text\":\"b\",\"label\":true}", "text|label", "a|-", "b|true")]
    [InlineData("{\"text\":\"a\\n\\u00e9\\\"\",\"label\":null}\r\n{\"text\":\"\",\"label\":false}\r\n", "text|label", "a\né\"|-", "|false")]
    [InlineData("{\"text\":[\"a\", 1],\"label\":{\"b\": [2]}}\n", "text|label", "[\"a\", 1]|{\"b\": [2]}")]
    [InlineData("{\"text\":\"a\",\"label\":1} x\n{\"text\":\"b\",\"label\":2}\n", "text|label", "!not a JSON object (character 24)", "b|2")]
    [InlineData("{\"text\":\"a\",\"label\":1}\n[1]\n7\n{\"text\":\n", "text|label", "a|1", "!not a JSON object", "!not a JSON object", "!not a JSON object (character 9)")]
    [InlineData("{\"text\":\"half \\ud83d\",\"label\":1}\n", "text|label", "half \ufffd|1")]
    [InlineData("{\"messages\":[{\"role\":\"system\",\"content\":\"s\"},{\"role\":\"user\",\"content\":\"u\"},{\"role\":\"assistant\",\"content\":\"a\"}]}\n", "prompt|completion", "u|a")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"u\"}],\"label\":1}\n", "messages|label", "[{\"role\":\"user\",\"content\":\"u\"}]|1")]
    [InlineData("{\"messages\":[{\"role\":\"user\",\"content\":\"1\"},{\"role\":\"assistant\",\"content\":\"2\"},{\"role\":\"developer\",\"content\":\"d\"},{\"role\":\"user\",\"content\":\"3\"},{\"role\":\"assistant\",\"content\":[{\"text\":\"4\"},{\"text\":\"5\"},{\"image\":1},6]},{\"role\":\"user\"}],\"n\":1}\n", "prompt|completion|n", "1\n\n2\n\n3|45|1")]
    public void JSON_lines_are_a_table_of_their_properties(string jsonl, string columns, params string[] records) 
    {
        (string found, string[] rows) = Read(jsonl);
        found.ShouldBe(columns);
        rows.ShouldBe(records);
    }

    [Fact]
    public void Properties_that_come_behind_the_first_batch_are_no_columns()
    {
        string first = string.Concat(Enumerable.Range(0, 2_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{{\"text\":\"{Long} {i}\",\"label\":{i % 2}}}\n")));

        (string columns, string[] records) = Read(first + "{\"text\":\"last\",\"late\":{\"a\":[1]},\"label\":7}\n");

        columns.ShouldBe("text|label");
        records.Length.ShouldBe(2_001);
        records[^1].ShouldBe("last|7");
        records[1_345].ShouldBe($"{Long} 1345|1");
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    [InlineData("\r")]
    public void A_file_of_many_batches_is_read_whole_and_in_order(string end)
    {
        string csv = "text,label" + end + string.Concat(Enumerable.Range(0, 3_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"\"{Long}, number {i}\",{i % 2}{end}")));

        (string columns, string[] records) = Read(csv);

        columns.ShouldBe("text|label");
        records.ShouldBe(Enumerable.Range(0, 3_000).Select(i => string.Create(CultureInfo.InvariantCulture, $"{Long}, number {i}|{i % 2}")));
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public void A_record_longer_than_a_batch_is_read(string form)
    {
        string cell = new('x', 600 << 10);
        string drop = form == "csv" ? $"text,label\na,1\n{cell},2\nb,3\n" : $"{{\"text\":\"a\",\"label\":1}}\n{{\"text\":\"{cell}\",\"label\":2}}\n{{\"text\":\"b\",\"label\":3}}";

        Read(drop).Records.ShouldBe(["a|1", $"{cell}|2", "b|3"]);
    }

    [Theory]
    [InlineData("csv")]
    [InlineData("jsonl")]
    public void Records_longer_than_two_batches_are_read_one_behind_the_other(string form)
    {
        string one = new('x', 1_200_000);
        string two = new('y', 1_300_000);
        string drop = form == "csv" ? $"text,label\n{one},1\n{two},2\nb,3\n" : $"{{\"text\":\"{one}\",\"label\":1}}\n{{\"text\":\"{two}\",\"label\":2}}\n{{\"text\":\"b\",\"label\":3}}";

        Read(drop).Records.SequenceEqual([$"{one}|1", $"{two}|2", "b|3"]).ShouldBeTrue();
    }

    [Fact]
    public void A_conversation_behind_the_first_batch_is_no_column_either()
    {
        string cell = new('x', 600 << 10);

        (string columns, string[] records) = Read(
            $"{{\"text\":\"{cell}\",\"label\":1}}\n{{\"messages\":[{{\"role\":\"assistant\",\"content\":\"a\"}}],\"text\":\"b\",\"label\":2}}\n");

        columns.ShouldBe("text|label");
        records[1..].ShouldBe(["b|2"]);
    }

    [Theory]
    [InlineData(9, "index|text|label")]
    [InlineData(8, "text|label")]
    public void Nine_of_ten_rows_have_the_cell_of_an_index_without_a_name(int longer, string columns) =>
        Read("text,label\n" + string.Concat(Enumerable.Range(0, 10).Select(i => i < longer ? $"{i},a,b\n" : "a,b\n"))).Columns.ShouldBe(columns);

    [Fact]
    public void Names_that_a_header_has_twice_are_told_once()
    {
        using TableReader table = TableReader.Open("t", () => new MemoryStream("text,label,text,text\na,b,c,d\n"u8.ToArray()), new CsvRecipe());

        table.DoubledNames.ShouldBe(["text"]);
        table.Columns.ShouldBe(["text", "label", "text_2", "text_3"]);
    }

    [Fact]
    public void JSON_lines_may_be_packed_and_marked_too()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write([0xEF, 0xBB, 0xBF, .. "{\"text\":\"a\",\"label\":1}\n"u8]);
        }

        using TableReader table = TableReader.Open("t", () => new MemoryStream(packed.ToArray()), new CsvRecipe());

        (table.Format, table.Delimiter, table.Dialect, table.Profile().Compressed, table.Profile().ByteOrderMark).ShouldBe(("jsonl.gz", null, null, true, true));
    }

    [Theory]
    [InlineData("text,label\na,b\n", "csv", 2, 0, 0, 0)]
    [InlineData("text,label\r\na,b\r\n\r\n", "csv", 0, 3, 0, 1)]
    [InlineData("text,label\ra,b\r", "csv", 0, 0, 2, 0)]
    [InlineData("{\"text\":\"a\",\"label\":1}\n\n{\"text\":\"a\",\"label\":1}\r\n", "jsonl", 2, 1, 0, 1)]
    public void Line_ends_and_blank_lines_are_counted(string drop, string format, int lf, int crlf, int cr, int blank)
    {
        using TableReader table = TableReader.Open("t", () => new MemoryStream(Encoding.UTF8.GetBytes(drop)), new CsvRecipe());
        var batch = new RecordBatch([]);
        while (table.TryRead(batch))
        {
        }

        var profile = table.Profile();

        table.Format.ShouldBe(format);
        (profile.LinesLf, profile.LinesCrLf, profile.LinesCr, profile.BlankLines, profile.Compressed, profile.ByteOrderMark).ShouldBe((lf, crlf, cr, blank, false, false));
    }

    [Fact]
    public void What_a_file_is_packed_and_marked_with_is_told()
    {
        byte[] plain = [0xEF, 0xBB, 0xBF, .. "text,label\na,b\n"u8];
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(plain);
        }

        using TableReader table = TableReader.Open("t", () => new MemoryStream(packed.ToArray()), new CsvRecipe());

        table.Columns.ShouldBe(["text", "label"]);
        (table.Format, table.Delimiter, table.Profile().Compressed, table.Profile().ByteOrderMark, table.FirstIsAll).ShouldBe(("csv.gz", "comma", true, true, true));
        (string sha, long bytes) = table.Source.Finish();
        bytes.ShouldBe(packed.Length);
        sha.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(packed.ToArray())));
        table.Source.Unpacked.ShouldBe(plain.Length);
    }

    [Theory]
    [InlineData("text\na\nb\n", 1)]
    [InlineData("{\"text\":\"a\"}\n", 1)]
    public void A_table_of_texts_alone_has_one_column(string drop, int columns)
    {
        TableReader Open(int fewest) => TableReader.Open("t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(drop)), new CsvRecipe(), fewest);

        using TableReader table = Open(1);
        table.Columns.Length.ShouldBe(columns);
        Failure refused = Should.Throw<FlowException>(() => Open(2)).Failure;
        (refused.Kind, refused.Location).ShouldBe((FailureKind.InvalidInput, new SourceLocation("t.csv", 1)));
        refused.Remedy.ShouldNotBeNullOrEmpty();
    }

    [Theory]
    [InlineData("text;label", true)]
    [InlineData("\0 \t\r\n", true)]
    [InlineData("text;label\na;b", false)]
    public void A_file_without_rows_is_refused(string drop, bool refused)
    {
        Exception? thrown = Record.Exception(() => TableReader.Open("t.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(drop)), new CsvRecipe()).Dispose());

        (thrown is FlowException).ShouldBe(refused);
        (thrown as FlowException)?.Failure.Remedy.ShouldNotBeNullOrEmpty();
    }

    private static (string Columns, string[] Records) Read(string drop, CsvRecipe? recipe = null)
    {
        using TableReader table = TableReader.Open("t", () => new MemoryStream(Encoding.UTF8.GetBytes(drop)), recipe ?? new CsvRecipe());
        var records = new List<string>();
        byte[] scratch = [];
        // Each batch is a new one, as where several threads clean.
        for (var batch = new RecordBatch([]); table.TryRead(batch); batch = new RecordBatch([]))
        {
            for (int r = 0; r < batch.RecordCount; r++)
            {
                TableRecord record = batch.Records[r];
                var cells = new List<string>();
                for (int i = 0; i < record.Fields; i++)
                {
                    Field field = batch.Fields[record.FirstField + i];
                    cells.Add((field.Flags & FieldFlags.Missing) != 0 ? "-" : Encoding.UTF8.GetString(FieldValue.Of(batch, field, ref scratch)));
                }

                records.Add(record.Problem is { } problem ? "!" + problem : string.Join('|', cells));
            }
        }

        return (string.Join('|', table.Columns), [.. records]);
    }
}
