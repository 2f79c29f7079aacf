using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>The rules by which a dialect is told, one a row, at the places where they end.</summary>
public sealed class DialectRuleTests
{
    [Theory]
    [InlineData("\"text\",\"label\"\n\"a \\\"b\\\" c\",\"d\"\n", true)] // a file that begins with a quote
    [InlineData("text,label\n\"a\",\"b\\\"c\"", true)] // the last quote but one of the file
    [InlineData("text,label\na,\"\"", false)]
    [InlineData("text,label\n\"C:\\\",\"a\"\n", false)] // may end its cell
    [InlineData("text,label\n\"a\",\"C:\\\"\nb,c\n", false)]
    [InlineData("text,label\r\n\"a\",\"C:\\\"\r\n", false)]
    [InlineData("text,label\n\"a\\\"\",b\n", false)]
    [InlineData("text,label\n\"a\\\"b\",\"c \"\"d\"\n", false)] // as many are doubled
    [InlineData("text,label\n\"a\\\"b\\\"c\",\"d \"\"e\"\n", true)]
    [InlineData("text,label\n\"a\\\"b\",\"c\"\"\"\n", true)] // what no letter follows may be an end
    [InlineData("text,label\n\"a\\\"b\",\"\"c\n", true)] // an empty cell, not a doubled quote
    [InlineData("text,label\n\"a\\\"b\",c\n\"\"d,e\n", true)]
    public void Backslashes_escape_quotes_where_one_cannot_end_its_cell_and_fewer_are_doubled(string head, bool escape) =>
        Detect(head).BackslashQuotes.ShouldBe(escape);

    [Theory]
    [InlineData("text, label\na, \"b\"", true)] // at the end of the file
    [InlineData("text, label\na, \"b\"\r\n", true)]
    [InlineData("text, label, shop\na, \"b, c\", d\n", true)]
    [InlineData("text, label, shop\na, \"b, c\"  , d\n", true)]
    [InlineData("text, label\na,   \"b\"\n", true)]
    [InlineData("text, label\na, \"b \"\"c\"\"\"\n", true)]
    [InlineData("text, label\na, \"\"\nb, \"\"\n", false)] // two quotes tell nothing
    [InlineData("text, label\na, \"", false)]
    [InlineData("text, label\na, ", false)]
    [InlineData("text, label\na, \"b\"\nc, \"d\"\ne, \"f", false)] // never closed
    [InlineData("text, label\na, \"b\" c\nd, \"e\"\n", false)]
    [InlineData("text,label\na,\"b\"\n", false)]
    public void Blanks_before_a_quote_belong_to_no_cell_where_such_cells_end_with_a_quote(string head, bool blanks) =>
        Detect(head).BlankBeforeQuote.ShouldBe(blanks);

    [Theory]
    [InlineData(9, true)]
    [InlineData(8, false)]
    public void Nine_of_ten_cells_that_begin_with_blank_and_quote_end_with_one(int closed, bool blanks) =>
        Detect("text, label\n" + string.Concat(Enumerable.Range(0, 10).Select(i => i < closed ? "a, \"b\"\n" : "a, \"b\" c\n"))).BlankBeforeQuote.ShouldBe(blanks);

    [Theory]
    [InlineData(",'text','label'\n1,'a','b'\n2,'c','d'\n", true)] // pandas' index without a name
    [InlineData("text,'label'\na,'b'\nc,'d'\ne,'f'\n", true)]
    [InlineData("'text','label'\n'a','b'\n'c','d'\n'e','f'\ng,h\n", true)] // four of five
    [InlineData("text,label\n'a','b'\n'c','d'\n'e','f'\ng,h\n", false)]
    [InlineData("text,label\n'a','b'\n'c','d'\ne,f\ng,h\n", false)]
    [InlineData("text,label\n'90s,'80s\n'70s,'60s\n'x',b\n'y',c\n'z',d\n", false)] // apostrophes, which would join cells
    [InlineData("'text','label'\n'a',\"b\"\n'c',\"d\"\n", false)] // double quotes are the usual ones
    public void Single_quotes_are_quotes_where_most_records_have_them_and_split_no_worse(string head, bool apostrophes) =>
        Detect(head).Quote.ShouldBe((byte)(apostrophes ? '\'' : '"'));

    [Theory]
    [InlineData("\\,a,b\nc,d\ne,f\n", true)]
    [InlineData("\\\ntext,label\na,b\n", true)]
    [InlineData("\\\rtext,label\ra,b\r", true)]
    [InlineData("text,label\ra\\\rb,c\rd,e\r", true)]
    [InlineData("text,label\na\\,b\nc,d\n", false)] // splits no better then: the backslash is text
    [InlineData("text,label\na\\b,c\n", false)]
    public void Backslashes_escape_delimiters_where_more_records_are_even_then(string head, bool escapes) =>
        Detect(head).BackslashDelimiters.ShouldBe(escapes);

    [Theory]
    [InlineData("sep=;\nA;\ntext;label\na;b\n", 2)]
    [InlineData("sep=;\r\nA;\r\ntext;label\r\na;b\r\n", 2)]
    [InlineData("sep=;\n;x\na;b\nc;d\n", 1)]
    [InlineData("sep=;\r\n;x\r\na;b\r\nc;d\r\n", 1)]
    [InlineData("A title\ntext,label\n", 1)]
    [InlineData("A title,\n,\ntext,label\na,b\n", 2)] // spreadsheets write an empty row so
    [InlineData(",\n\"\",\ntext,label\na,b\n", 2)]
    [InlineData(",x\ntext,label\na,b\n", 0)]
    [InlineData("text,\na,\nb,\nc,\n", 0)] // texts alone, each with a delimiter behind it
    [InlineData("text\na\nb, c\nd\ne\n", 0)]
    public void Records_of_which_at_most_the_first_cell_is_filled_stand_above_a_fuller_header(string head, int above) =>
        Detect(head).RecordsAboveHeader.ShouldBe(above);

    [Theory]
    [InlineData(10, 10)]
    [InlineData(11, 0)]
    public void Up_to_ten_titles_may_end_in_delimiters_as_spreadsheets_write_them(int titles, int above) =>
        Detect(string.Concat(Enumerable.Range(0, titles).Select(i => $"remark {i},\n")) + "text,label\na,b\nc,d\n").RecordsAboveHeader.ShouldBe(above);

    [Theory]
    [InlineData("one;two;three", "semicolon")] // one record
    [InlineData("text,label;one", "comma")] // its names decide where it is the only one
    [InlineData("one,two;three\ntext;b c d e,f\n", "comma or semicolon")] // names are in the first record alone
    [InlineData("text,b c d e;f\na,b;c\nd,e;f\n", "comma")] // the first name decides
    [InlineData("text\na\nb\n", "comma")]
    public void The_first_records_cells_decide_between_delimiters_that_split_alike(string head, string expected) => Told(head).ShouldBe(expected);

    [Theory]
    [InlineData("one,two\n", 60, "a,b;c\n", 0, "", "comma")] // a header that only one of them splits says which it is
    [InlineData("text;label\n", 38, "a, b;c\n", 2, "a, b;c;d\n", "semicolon")]
    [InlineData("one,two;three\n", 98, "a,b;c\n", 1, "a,b;c;d\n", "comma or semicolon")] // one of a hundred does not tell
    [InlineData("one,two;three\n", 96, "a,b;c\n", 3, "a,b;c;d\n", "comma")]
    [InlineData("one,two;three\n", 8, "a,b;c\n", 1, "a,b;c,d;e\n", "comma or semicolon")] // nine of ten is even
    [InlineData("one,two;three\n", 7, "a,b;c\n", 2, "a,b;c,d;e\n", "comma")]
    public void Another_delimiter_is_a_rival_where_it_splits_about_as_evenly(string header, int rows, string row, int others, string other, string expected) =>
        Told(header + string.Concat(Enumerable.Repeat(row, rows)) + string.Concat(Enumerable.Repeat(other, others))).ShouldBe(expected);

    [Fact]
    public void A_head_without_a_whole_record_leaves_the_usual_dialect() =>
        DialectDetection.Detect("text;label"u8, headIsAll: false, new CsvRecipe()).ShouldBe(new CsvDialect((byte)','));

    private static string Told(string head)
    {
        CsvDialect dialect = Detect(head);
        return dialect.DelimiterName + (dialect.Rival is null ? "" : $" or {dialect.Rival}");
    }

    private static CsvDialect Detect(string head) => DialectDetection.Detect(Encoding.UTF8.GetBytes(head), headIsAll: true, new CsvRecipe());
}
