using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Any table, as Python's csv, pandas' to_csv and Excel write it, reads back the same, with nothing said about its form.</summary>
public sealed class WriterDialectTests
{
    private static readonly string[] Pieces =
    [
        "good", "Bad", "it's", "5\" screen", "\"quoted\"", "a,b", "a; b", "tab\there", "pipe|d", "\\", "line\nbreak", "é", "漢字", "😀", " ", "...", "'tis", "#1", "=1+1", "C:\\temp",
    ];

    /// <summary>How a writer puts a table down.</summary>
    /// <param name="Name">For messages.</param>
    /// <param name="Delimiter">Between cells.</param>
    /// <param name="Quoting">all, minimal, or none (then the escape stands before what would part cells).</param>
    /// <param name="DoubleQuote">A quote inside a cell is doubled; else it is escaped by a backslash.</param>
    /// <param name="LineEnd">After each record.</param>
    /// <param name="Quote">Around cells.</param>
    private sealed record Writer(string Name, char Delimiter, string Quoting = "minimal", bool DoubleQuote = true, string LineEnd = "\n", char Quote = '"')
    {
        public string Before { get; init; } = "";
        public bool Index { get; init; }
        public Encoding Encoding { get; init; } = new UTF8Encoding(false);

        public byte[] Write(string[][] rows)
        {
            var csv = new StringBuilder(Before);
            for (int r = 0; r < rows.Length; r++)
            {
                string[] cells = Index ? [r == 0 ? "" : $"{r - 1}", .. rows[r]] : rows[r];
                csv.AppendJoin(Delimiter, cells.Select(Cell)).Append(LineEnd);
            }

            return [.. Encoding.GetPreamble(), .. Encoding.GetBytes(csv.ToString())];
        }

        private string Cell(string value)
        {
            bool special = value.AsSpan().IndexOfAny([Delimiter, Quote, '\n', '\r']) >= 0 || (!DoubleQuote && value.Contains('\\'));
            string quote = Quote.ToString();
            if (Quoting == "none")
            {
                return string.Concat(value.Select(c => c == Delimiter || c == Quote || c is '\n' or '\r' or '\\' ? $"\\{c}" : $"{c}"));
            }

            string inner = DoubleQuote ? value.Replace(quote, quote + quote) : value.Replace("\\", "\\\\").Replace(quote, "\\" + quote);
            return Quoting == "all" || special ? quote + inner + quote : value;
        }

        public override string ToString() => Name;
    }

    private static readonly Writer[] Writers =
    [
        new("csv.writer, excel", ',', LineEnd: "\r\n"),
        new("csv.writer, excel-tab", '\t', LineEnd: "\r\n"),
        new("csv.writer, unix", ',', "all"),
        new("csv.writer, escapechar", ',', "all", DoubleQuote: false),
        new("csv.writer, QUOTE_NONE", ',', "none"),
        new("csv.writer, QUOTE_NONE with tabs", '\t', "none"),
        new("csv.writer, quotechar '", ',', "all", Quote: '\''),
        new("to_csv", ',') { Index = true },
        new("to_csv, index=False", ','),
        new("to_csv, sep=;", ';'),
        new("to_csv, sep=|", '|', "all"),
        new("to_csv, utf-8-sig", ',') { Encoding = new UTF8Encoding(true) },
        new("to_csv, utf-16", ',') { Encoding = Encoding.Unicode },
        new("to_csv, lineterminator \\r", ',', "all", LineEnd: "\r"),
        new("Excel, CSV UTF-8", ',', LineEnd: "\r\n") { Encoding = new UTF8Encoding(true) },
        new("Excel, CSV in Europe", ';', LineEnd: "\r\n"),
        new("Excel, Unicode text", '\t', LineEnd: "\r\n") { Encoding = Encoding.Unicode },
        new("Excel's separator line", ';', LineEnd: "\r\n") { Before = "sep=;\r\n" },
        new("a title above", ',', LineEnd: "\r\n") { Before = "Export of reviews\r\n\r\n" },
    ];

    public static TheoryData<int> All() => [.. Enumerable.Range(0, Writers.Length)];

    [Theory]
    [MemberData(nameof(All))]
    public void Any_table_reads_back_the_same(int index)
    {
        Writer writer = Writers[index];
        Gen<string[][]> tables =
            from count in Gen.Choose(12, 60)
            from texts in Gen.ArrayOf(Gen.ListOf(Gen.Elements(Pieces)).Select(list => string.Join(' ', list.Take(8)).Trim()), count)
            from labels in Gen.ArrayOf(Gen.Elements("good", "bad", "so so"), count)
            // One text has a quote and a line break: without them nobody can tell a backslash that escapes from one that was written.
            select (string[][])[["text", "label"], ["a 5\" screen\non two lines", "good"], .. texts.Select((text, i) => new[] { $"text {i} {text}".Trim(), labels[i] })];
        Prop.ForAll(tables.ToArbitrary(), table =>
        {
            string[][] read = Read(writer.Write(table));
            string[][] expected = writer.Index ? [.. table.Select((row, r) => (string[])[r == 0 ? "1" : $"{r - 1}", .. row])] : table;
            read.Length.ShouldBe(expected.Length, writer.Name);
            for (int i = 0; i < read.Length; i++)
            {
                read[i].ShouldBe(expected[i], writer.Name);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(40));
    }

    [Fact]
    public void Rows_without_a_name_for_their_index_get_one()
    {
        string[][] read = Read(Encoding.UTF8.GetBytes("text,label\n0,good one,a\n1,bad one,b\n2,another,a\n"));

        read[0].ShouldBe(["index", "text", "label"]);
        read[2].ShouldBe(["1", "bad one", "b"]);
    }

    [Theory]
    [InlineData("label, text\na, \"one, two\"\nb, \"three, four\"\n", "one, two")]
    [InlineData("label , text\na , \"one, two\" \nb , \"three, four\"\n", "one, two")]
    [InlineData("text ,label\n\"one, two\" ,a\n\"three\nfour\" ,b\n", "one, two")]
    public void Blanks_around_quotes_are_not_part_of_a_cell(string csv, string text)
    {
        string[][] read = Read(Encoding.UTF8.GetBytes(csv));

        read.ShouldAllBe(row => row.Length == 2);
        read[1].ShouldContain(text);
    }

    [Fact]
    public void A_line_break_behind_a_backslash_is_part_of_a_cell_that_nobody_quoted()
    {
        string[][] read = Read(Encoding.UTF8.GetBytes("text\tlabel\ngood one\tgood\nfirst line\\\nsecond line\tbad\nlast one\tgood\n"));

        read.Length.ShouldBe(4);
        read[2].ShouldBe(["first line\nsecond line", "bad"]);
    }

    [Fact]
    public void Texts_with_quotes_are_read_as_they_stand_where_the_recipe_says_so()
    {
        string[][] read = Read("text,label\n\"good,a\nbad,b\nfine\",a\n"u8.ToArray(), new CsvRecipe { Quote = CsvQuote.None });

        read.Length.ShouldBe(4);
        read[1][0].ShouldBe("\"good");
    }

    private static string[][] Read(byte[] csv, CsvRecipe? recipe = null)
    {
        using TableReader table = TableReader.Open("t.csv", () => new MemoryStream(csv), recipe ?? new CsvRecipe());
        var rows = new List<string[]> { table.Columns.ToArray() };
        var batch = new RecordBatch([]);
        byte[] scratch = [];
        while (table.TryRead(batch))
        {
            for (int i = 0; i < batch.RecordCount; i++)
            {
                TableRecord record = batch.Records[i];
                rows.Add([.. Enumerable.Range(record.FirstField, record.Fields).Select(f => Encoding.UTF8.GetString(FieldValue.Of(batch, batch.Fields[f], ref scratch)))]);
            }

            batch = new RecordBatch([]);
        }

        return [.. rows];
    }
}
