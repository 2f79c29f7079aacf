using System.Text;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Records and cells of CSV as RFC 4180 has them, and of what real writers make of it.</summary>
public sealed class CsvScannerTests
{
    /// <summary>Records are written as <c>line: cell|cell</c>; + marks a record with a cell over several lines.</summary>
    [Theory]
    [InlineData("a,b\nc,d\n", "1: a|b", "2: c|d")]
    [InlineData("a,b\r\nc,d", "1: a|b", "2: c|d")]
    [InlineData("a,b\rc,d\r", "1: a|b", "2: c|d")]
    [InlineData("a,\n,b\n,\n", "1: a|", "2: |b", "3: |")]
    [InlineData("\n\na\n\r\nb", "3: a", "5: b")]
    [InlineData("\"a,b\",c\n", "1: a,b|c")]
    [InlineData("\"a\"\"b\",\"\"\"c\"\"\"\n", "1: a\"b|\"c\"")]
    [InlineData("\"a\"\"\"\"b\"\n", "1: a\"\"b")]
    [InlineData("\"\",x\n\"\"\n", "1: |x", "2: ")]
    [InlineData("\"a\nb\",c\nd,e\n", "1+: a\nb|c", "3: d|e")]
    [InlineData("\"a\r\n\r\nb\",c\nd,e\n", "1+: a\r\n\r\nb|c", "4: d|e")]
    [InlineData("\"a\rb\",\"c\rd\"\re,f", "1+: a\rb|c\rd", "4: e|f")]
    [InlineData("a\"b\",c\n", "1: a\"b\"|c")]
    [InlineData("\"a\"b,c\n", "1: ab|c")]
    [InlineData("\"a\" and \"b\",c\n", "1: a and \"b\"|c")]
    [InlineData("\"a\" ,\"b\"  \nc,d", "1: a|b", "2: c|d")]
    [InlineData("\"a\" ", "1: a")]
    [InlineData("\"a\\\"b\",c\n", "1: a\"b|c")]
    [InlineData("\"C:\\\",c\n", "1: C:\\|c")]
    [InlineData("\"a\\\\\"b\",c\n", "1: a\\\\b\"|c")]
    [InlineData("\"a\\\"\"b\",c\n", "1: a\\\"b|c")] // the quote is doubled, the backslash stands before it by chance
    public void Cells_are_read_as_they_were_meant(string csv, params string[] records) =>
        Everywhere(csv, new CsvDialect((byte)','), records);

    [Theory]
    [InlineData("\"a\\\"b\",c\n", "1: a\"b|c")]
    [InlineData("\"a\\\"\",c\n", "1: a\"|c")]
    [InlineData("\"a\\\\\",c\n", "1: a\\|c")]
    [InlineData("\"a\\\\\\\"b\",c\n", "1: a\\\"b|c")]
    [InlineData("\"a\\nb\",c\n", "1: a\\nb|c")]
    [InlineData("\"a\\\"\"\"b\",c\n", "1: a\"\"b|c")]
    public void Where_backslashes_escape_quotes_they_escape_themselves_too(string csv, params string[] records) =>
        Everywhere(csv, new CsvDialect((byte)',') { BackslashQuotes = true }, records);

    [Theory]
    [InlineData("a\\,b,c\nd,e\n", "1: a,b|c", "2: d|e")]
    [InlineData("a\\\nb,c\nd,e\n", "1+: a\nb|c", "3: d|e")]
    [InlineData("a\\\r\nb,c\r\nd,e\r\n", "1+: a\r\nb|c", "3: d|e")]
    [InlineData("a\\\\,b\n", "1: a\\|b")]
    [InlineData("a\\\\\\,b,c\n", "1: a\\,b|c")]
    [InlineData("\"a\",b\\\"\n", "1: \"a\"|b\"")]
    [InlineData("a\\", "1: a\\")]
    [InlineData(",b\n", "1: |b")]
    [InlineData("a\\\r,b\n", "1+: a\r|b")]
    public void Where_nothing_is_quoted_a_backslash_keeps_a_delimiter_in_its_cell(string csv, params string[] records) =>
        Everywhere(csv, new CsvDialect((byte)',') { Quote = 0, BackslashDelimiters = true }, records);

    [Theory]
    [InlineData("'a;b';c\n'it''s';\"d\"\n", "1: a;b|c", "2: it's|\"d\"")]
    [InlineData("it's;c\n", "1: it's|c")]
    public void Quotes_may_be_single(string csv, params string[] records) =>
        Everywhere(csv, new CsvDialect((byte)';') { Quote = (byte)'\'' }, records);

    [Theory]
    [InlineData("a, \"b,c\",  \"d\"\n", "1: a|b,c|d")]
    [InlineData("a,  b, \n", "1: a|  b| ")]
    [InlineData("  \"a\",b\n", "1: a|b")]
    public void Blanks_before_a_quote_are_left_out_where_the_file_is_written_so(string csv, params string[] records) =>
        Everywhere(csv, new CsvDialect((byte)',') { BlankBeforeQuote = true }, records);

    [Fact]
    public void Quotes_are_text_where_the_recipe_says_so() =>
        Everywhere("\"a\",b\"\n\"c,d\n", new CsvDialect((byte)',') { Quote = 0 }, ["1: \"a\"|b\"", "2: \"c|d"]);

    [Fact]
    public void What_is_unusual_is_counted()
    {
        CsvScanner scanner = Read("a,b\r\nc,d\r\n\r\ne\"f\",g\"\n\"h\"i,\"j\"k\nl\rm\r\n\"n\\\"o\",p\r\n", new CsvDialect((byte)',')).Scanner;

        (scanner.LinesCrLf, scanner.LinesLf, scanner.LinesCr, scanner.BlankLines).ShouldBe((5, 2, 1, 1));
        (scanner.QuotesInUnquotedCells, scanner.TextAfterClosingQuote, scanner.SawBackslashQuotes, scanner.Line).ShouldBe((2, 2, true, 9));
        Read("a,\"b\"\n", new CsvDialect((byte)',')).Scanner.SawBackslashQuotes.ShouldBeFalse();
    }

    [Theory]
    [InlineData("a,b\nc,\"d\ne,f\n", 2, 3, "a quote opens a cell here and is never closed")]
    [InlineData("\"a", 1, 1, "a quote opens a cell here and is never closed")]
    [InlineData("a,b\n\"c\nd\",\"e\n", 3, 4, "a quote opens a cell here and is never closed")]
    [InlineData("a,b\nc,\"d\ne\"f,g\n", 2, 3, "a quote opens a cell here and closes 1 line further down, but text follows the closing quote")]
    [InlineData("a,b\nc,\"d\ne\nf\"g,h\n", 2, 3, "a quote opens a cell here and closes 2 lines further down, but text follows the closing quote")]
    [InlineData("a,b\n\"c\nd\",\"e\nf\"g\n", 3, 4, "a quote opens a cell here and closes 1 line further down, but text follows the closing quote")]
    public void A_quote_that_cannot_be_meant_is_placed(string csv, int line, int column, string message)
    {
        BrokenQuoteException broken = Should.Throw<BrokenQuoteException>(() => Read(csv, new CsvDialect((byte)',')));

        (broken.Line, broken.Column, broken.Message).ShouldBe((line, column, message));
    }

    /// <summary>The whole at once, and with the buffer ending at every place.</summary>
    private static void Everywhere(string csv, CsvDialect dialect, string[] records)
    {
        Read(csv, dialect).Records.ShouldBe(records);
        for (int cut = 0; cut < csv.Length; cut++)
        {
            Read(csv, dialect, cut).Records.ShouldBe(records, $"cut at {cut}");
        }
    }

    private static (string[] Records, CsvScanner Scanner) Read(string csv, CsvDialect dialect, int cut = -1)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(csv);
        var batch = new RecordBatch(bytes);
        var scanner = new CsvScanner(dialect);
        int position = 0;
        while (cut >= 0 && scanner.TryReadRecord(batch, cut, final: false, ref position))
        {
        }

        while (scanner.TryReadRecord(batch, bytes.Length, final: true, ref position))
        {
        }

        position.ShouldBe(bytes.Length);
        byte[] scratch = [];
        var records = new List<string>();
        foreach (TableRecord record in batch.Records.Take(batch.RecordCount))
        {
            var cells = new List<string>();
            for (int i = 0; i < record.Fields; i++)
            {
                cells.Add(Encoding.UTF8.GetString(FieldValue.Of(batch, batch.Fields[record.FirstField + i], ref scratch)));
            }

            records.Add($"{record.Line}{(record.LineBreaks ? "+" : "")}: {string.Join('|', cells)}");
        }

        return ([.. records], scanner);
    }
}
