using System.Text;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What is undone in a cell, by what the scanner saw in it.</summary>
public sealed class FieldValueTests
{
    private const string Quoted = nameof(FieldFlags.Quoted);
    private const string Doubled = Quoted + "," + nameof(FieldFlags.DoubledQuotes);
    private const string Backslash = Quoted + "," + nameof(FieldFlags.BackslashQuotes);
    private const string After = Quoted + "," + nameof(FieldFlags.TextAfterQuote);
    private const string Single = "," + nameof(FieldFlags.SingleQuotes);

    [Theory]
    [InlineData("a\"\"b", nameof(FieldFlags.None), "a\"\"b")]
    [InlineData("a\\,b", nameof(FieldFlags.None), "a\\,b")]
    [InlineData("a''b", Quoted, "a''b")]
    [InlineData("", nameof(FieldFlags.Missing), "")]
    [InlineData("a\"\"b", Quoted + Single, "a\"\"b")]
    public void What_needs_nothing_undone_is_not_copied(string raw, string flags, string value)
    {
        byte[] scratch = [];

        Of(raw, flags, ref scratch).ShouldBe(value);

        scratch.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a\"\"b", Doubled, "a\"b")]
    [InlineData("\"\"\"\"", Doubled, "\"\"")]
    [InlineData("\"\"a\"\"", Doubled, "\"a\"")]
    [InlineData("a''b\"\"c", Doubled + Single, "a'b\"\"c")]
    [InlineData("a\\\"b", Backslash, "a\"b")]
    [InlineData("a\\\\b", Backslash, "a\\b")]
    [InlineData("a\\nb\\", Backslash, "a\\nb\\")]
    [InlineData("a\\'b\\\"c", Backslash + Single, "a'b\\\"c")]
    [InlineData("a\\\"b\"\"c", Backslash + "," + Doubled, "a\"b\"c")]
    [InlineData("a\"b\"c", After, "ab\"c")]
    [InlineData("a\"\"b\"c\"\"d", After + "," + Doubled, "a\"bc\"\"d")]
    [InlineData("a\\\"b", After, "a\\b")] // no backslash escapes here
    [InlineData("a\" \\\\", After + "," + Backslash, "a \\\\")] // nor behind the closing quote
    [InlineData("a\\,b\\\\c\\", nameof(FieldFlags.Escaped), "a,b\\c\\")]
    public void Quotes_and_escapes_are_undone(string raw, string flags, string value)
    {
        byte[] scratch = [];
        Of(raw, flags, ref scratch).ShouldBe(value);
        byte[] grown = scratch;
        grown.Length.ShouldBeGreaterThanOrEqualTo(raw.Length);

        // A shorter value does not need another array, and has nothing of the one before behind it.
        Of("\"\"", Doubled, ref scratch).ShouldBe("\"");
        scratch.ShouldBeSameAs(grown);
    }

    /// <summary>The cell stands in the midst of its batch.</summary>
    private static string Of(string raw, string flags, ref byte[] scratch)
    {
        var batch = new RecordBatch(Encoding.UTF8.GetBytes($"x,\"{raw}\",y"));
        return Encoding.UTF8.GetString(FieldValue.Of(batch, new Field(3, Encoding.UTF8.GetByteCount(raw), Enum.Parse<FieldFlags>(flags)), ref scratch));
    }
}
