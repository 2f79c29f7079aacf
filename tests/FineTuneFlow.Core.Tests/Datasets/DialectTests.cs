using System.Text;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What the first bytes tell of how a file is written.</summary>
public sealed class DialectTests
{
    [Theory]
    [InlineData("text,label\na,b\nc,d\n", "comma")]
    [InlineData("text;label\na;b\nc;d\n", "semicolon")]
    [InlineData("text\tlabel\na\tb\nc\td\n", "tab")]
    [InlineData("text|label\na|b\nc|d\n", "pipe")]
    [InlineData("text;label\na, b;c\nd;e\nf, g, h;i\n", "semicolon")]
    [InlineData("sep=;\ntext;label\na,x;b\nc,y;d\n", "semicolon +1")]
    [InlineData("SEP=|\r\ntext|label\r\na|b\r\n", "pipe +1")]
    [InlineData("\"sep=;\"\ntext;label\na;b\n", "semicolon +1")]
    [InlineData("sep=,\rtext;label\ra;b\r", "comma +1")]
    [InlineData("sep=x\ntext,label\na,b\n", "comma +1")] // no delimiter: a title
    [InlineData("sep=;;\ntext;label\na;b\n", "semicolon +1")] // no such line, but one filled cell: a title
    [InlineData("Sales of May\n\ntext,label\na,b\nc,d\n", "comma +1")]
    [InlineData("Sales of May,\nfor all shops,\ntext,label\na,b\nc,d\n", "comma +2")]
    [InlineData("Sales of May,x\ntext,label\na,b\n", "comma")]
    [InlineData("text,label\na,\nc,\n", "comma")]
    [InlineData("a;b,c;d\ne;f,g;h\n", "semicolon or comma")] // three cells are more than two, but the other fits as well
    [InlineData("one,two;three\na,b;c\nd,e;f\n", "comma or semicolon")]
    [InlineData("label,text;one\na,b;c\nd,e;f\n", "comma")] // two usual names of columns against one
    [InlineData("one,text;label\na,b;c\nd,e;f\n", "semicolon")]
    [InlineData("text,label\n\"a\\\"b\",c\n", "comma backslash")]
    [InlineData("text,label\n\"a\"\"b\",c\n", "comma")]
    [InlineData("text,label\n\"a\\\",c\n", "comma")]
    [InlineData("text, label\na, \"b, c\"\nd, \"e\"\n", "comma blank")]
    [InlineData("text, label\na, \"b\" c\nd, \"e\" f\n", "comma")]
    [InlineData("'text','label'\n'a','b'\n'c','d'\n", "comma single")]
    [InlineData("text,label\n'tis,a\n'twas,b\n", "comma")]
    [InlineData("text,label\na\\, b,c\nd\\, e,f\ng,h\n", "comma escapes")]
    [InlineData("text,label\na\\\nb,c\nd,e\n", "comma escapes")]
    public void Delimiter_quotes_escapes_and_titles_are_told(string head, string expected)
    {
        CsvDialect dialect = Detect(head);

        string told = dialect.DelimiterName + (dialect.Rival is null ? "" : $" or {dialect.Rival}") + (dialect.BackslashQuotes ? " backslash" : "")
            + (dialect.BlankBeforeQuote ? " blank" : "") + (dialect.Quote == '\'' ? " single" : "") + (dialect.BackslashDelimiters ? " escapes" : "")
            + (dialect.RecordsAboveHeader > 0 ? $" +{dialect.RecordsAboveHeader}" : "");
        told.ShouldBe(expected);
    }

    [Fact]
    public void What_the_recipe_says_is_not_detected()
    {
        const string Head = "one,two;three\na,b;c\nd,e;f\n";

        Detect(Head, new CsvRecipe { Delimiter = "Semicolon" }).ShouldBe(new CsvDialect((byte)';'));
        Detect(Head, new CsvRecipe { Delimiter = ";" }).Delimiter.ShouldBe((byte)';');
        Detect("sep=;\n" + Head, new CsvRecipe { Delimiter = "comma" }).ShouldBe(new CsvDialect((byte)',') { RecordsAboveHeader = 1 });
        Detect("'a','b'\n'c','d'\n", new CsvRecipe { Quote = CsvQuote.Double }).Quote.ShouldBe((byte)'"');
        Detect(Head, new CsvRecipe { Quote = CsvQuote.Single }).Quote.ShouldBe((byte)'\'');
        Detect("\"a\\\"b\",c\nd,e\n", new CsvRecipe { Quote = CsvQuote.None }).ShouldBe(new CsvDialect((byte)',') { Quote = 0 });
        Detect("A title\na,b\nc,d\n", new CsvRecipe { Header = false }).RecordsAboveHeader.ShouldBe(0);
        Should.Throw<FlowException>(() => Detect(Head, new CsvRecipe { Delimiter = "colon" })).Failure.Field.ShouldBe("dataset.csv.delimiter");
        Should.Throw<FlowException>(() => Detect(Head, new CsvRecipe { Delimiter = "" })).Failure.Field.ShouldBe("dataset.csv.delimiter");
    }

    [Theory]
    [InlineData(10, 10)]
    [InlineData(11, 0)]
    public void Up_to_ten_lines_may_stand_above_the_header(int titles, int above) =>
        Detect(string.Concat(Enumerable.Range(0, titles).Select(i => $"remark {i}\n")) + string.Concat(Enumerable.Repeat("text,label\n", 60))).RecordsAboveHeader.ShouldBe(above);

    [Theory]
    [InlineData("text,label\na,b", null, "utf-8", 0)]
    [InlineData("ef bb bf 61 2c 62", null, "utf-8", 3)]
    [InlineData("ff fe 61 00", null, "utf-16", 2)]
    [InlineData("fe ff 00 61", null, "utf-16BE", 2)]
    [InlineData("61 00 62", null, "utf-8", 0)] // three bytes tell nothing
    [InlineData("61 00 00 62", null, "utf-8", 0)]
    [InlineData("ef bb bf 61", "utf-8", "utf-8", 3)]
    [InlineData("ef bb bf 61", "latin-1", "latin-1", 0)]
    [InlineData("ff fe 61 00", "UTF-16", "utf-16", 2)]
    [InlineData("fe ff 00 61", "utf16", "utf-16BE", 2)]
    [InlineData("00 61 00 62", "utf-16", "utf-16BE", 0)]
    [InlineData("61 00 62 00", "utf-16", "utf-16", 0)]
    [InlineData("ff fe 61 00", "utf-8", "utf-8", 0)]
    [InlineData("c3 a9 c3 a9 c3 a9 e9 61", null, "utf-8", 0)] // one damaged letter beside three good ones
    [InlineData("61 e9", null, "utf-8", 0)] // may be the beginning of a character that the head cuts
    public void Marks_zeros_and_the_recipe_tell_the_encoding(string bytes, string? asked, string name, int mark)
    {
        byte[] head = bytes.Contains(',', StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(bytes) : [.. bytes.Split(' ').Select(hex => Convert.ToByte(hex, 16))];

        SourceEncoding encoding = SourceEncodings.Detect(head, asked, out int markBytes);

        (encoding.Name + (encoding == SourceEncoding.Utf16BigEndian ? "BE" : "")).ShouldBe(name);
        markBytes.ShouldBe(mark);
    }

    [Fact]
    public void UTF_16_without_a_mark_is_told_by_its_zeros()
    {
        const string Text = "text,label\nSome words about 漢字 and more of them,1\nThe next row,2\n";

        SourceEncodings.Detect(Encoding.Unicode.GetBytes(Text), null, out int mark).ShouldBe(SourceEncoding.Utf16LittleEndian);
        SourceEncodings.Detect(Encoding.BigEndianUnicode.GetBytes(Text), null, out _).ShouldBe(SourceEncoding.Utf16BigEndian);
        SourceEncodings.Detect(Encoding.UTF8.GetBytes(Text.Replace("words", "wo\0ds", StringComparison.Ordinal)), null, out _).ShouldBe(SourceEncoding.Utf8);
        mark.ShouldBe(0);
    }

    [Theory]
    [InlineData(0, 0, false)]
    [InlineData(0, 5, false)]
    [InlineData(1, 2, true)]
    [InlineData(1, 3, false)]
    [InlineData(10, 20, true)]
    [InlineData(10, 21, false)]
    public void A_file_is_not_UTF_8_where_every_third_character_is_broken(int broken, int good, bool other) => SourceEncodings.IsOther(broken, good).ShouldBe(other);

    [Fact]
    public void Windows_1252_is_read_as_the_runtime_reads_it()
    {
        byte[] all = [.. Enumerable.Range(0, 256).Select(i => (byte)i)];
        // More than one buffer of the stream, and read in parts that cut characters.
        byte[] many = [.. Enumerable.Repeat(all, 300).SelectMany(bytes => bytes)];
        string expected = CodePagesEncodingProvider.Instance.GetEncoding(1252)!.GetString(many);

        using var stream = new Windows1252Stream(new MemoryStream(many));
        var read = new List<byte>();
        byte[] part = new byte[1001];
        for (int length = stream.Read(part, 1, 1000); length > 0; length = stream.Read(part, 1, 1000))
        {
            read.AddRange(part.AsSpan(1, length));
        }

        Encoding.UTF8.GetString([.. read]).ShouldBe(expected);
    }

    [Theory]
    [InlineData("a\\ud83d", "a\ufffd")]
    [InlineData("\\ude00b", "\ufffdb")]
    [InlineData("\\ud83d\\ude00 \\ud83d", "😀 \ufffd")]
    [InlineData("\\u00e9\\n\\t\\r\\b\\f\\\"\\\\\\/\\ud800é", "é\n\t\r\b\f\"\\/\ufffdé")]
    [InlineData("", "")]
    public void Half_a_surrogate_pair_becomes_the_character_for_what_was_lost(string escaped, string expected)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(escaped);
        byte[] target = new byte[bytes.Length + 4];

        int written = LoneSurrogates.Unescape(bytes, target);

        Encoding.UTF8.GetString(target, 0, written).ShouldBe(expected);
    }

    [Theory]
    [InlineData("{\"text\":\"a\"}\n{\"text\":\"b\"}", null)]
    [InlineData("{\"text\":\"a\",\"label\":1}", null)]
    [InlineData("{\"messages\":[{\"role\":\"user\"}]}", null)]
    [InlineData("{\"text\":{\"a\":1},\"label\":2}", null)]
    [InlineData("{\"tags\":[\"a\",\"b\"],\"label\":1}", null)]
    [InlineData("{\"tags\":[],\"label\":1}", null)]
    [InlineData("{}", null)]
    [InlineData("[1, 2]", null)]
    [InlineData("[]", null)]
    [InlineData("text,label", null)]
    [InlineData(" [ {\"a\":1}]", "one JSON array")]
    [InlineData("[[1]]", "one JSON array")]
    [InlineData("{\"a\":[1,2],\"b\":[3,4]}", "JSON by columns")]
    [InlineData("{\"a\":{\"0\":1}}", "JSON by columns, as pandas' to_json writes it")]
    [InlineData("{\"0\":{\"a\":1}}", "JSON with rows under their index, as pandas' to_json writes it")]
    [InlineData("{\"rows\":[[1,2]]}", "one JSON object that holds the rows as lists")]
    [InlineData("{\"rows\":[{\"a\":1}]}\n\n", "one JSON object that holds the rows in \"rows\"")]
    [InlineData("{\n\"text\": \"a\"\n}\n{\n\"text\": \"b\"\n}", "JSON whose objects go over several lines")]
    [InlineData("{\r\n \"rows\": [\r\n {\"a\":1}]}", "one JSON object that holds the rows in \"rows\"")]
    [InlineData("{'text': 1}", "dictionaries as Python prints them, not JSON")]
    public void JSON_that_is_no_lines_is_told_by_its_form(string head, string? what) => (JsonForm.Of(Encoding.UTF8.GetBytes(head)) is { } form ? form.What : null).ShouldBe(what);

    private static CsvDialect Detect(string head, CsvRecipe? recipe = null) => DialectDetection.Detect(Encoding.UTF8.GetBytes(head), headIsAll: true, recipe ?? new CsvRecipe());
}
