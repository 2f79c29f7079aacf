using System.Text;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What a drop is that is no table of texts, by its first bytes.</summary>
public sealed class ForeignFormatTests
{
    [Theory]
    [InlineData("PK\u0003\u0004\u0014", "a ZIP archive or an Excel workbook")]
    [InlineData("PK,label\n", null)]
    [InlineData("PAR1\u0015", "a Parquet file")]
    [InlineData("ARROW1\0\0", "an Arrow file")]
    [InlineData("BZh91AY&SY", "packed with bzip2 or xz")]
    [InlineData("BZh9,1AY&SY", null)]
    [InlineData("BZh", null)]
    [InlineData("\u00fd7zXZ\0", "packed with bzip2 or xz")]
    [InlineData("7zXZ,label\n", null)]
    [InlineData("text,label\n7zXZ is an archive,1\n", null)]
    [InlineData("%PDF-1.7", "a PDF document")]
    [InlineData("text,label\n%PDF,1\n", null)]
    [InlineData("<!DOCTYPE html>", "a web page")]
    [InlineData("\r\n\t <html lang=\"en\">", "a web page")]
    [InlineData("<p>text</p>,label\n", null)]
    [InlineData(" [{\"text\":1}]", "one JSON array")]
    [InlineData("text,label\na,b\n", null)]
    [InlineData("", null)]
    public void A_file_is_told_by_its_beginning(string head, string? what) => What(Encoding.UTF8.GetBytes(head)).ShouldBe(what);

    /// <summary>More than one byte in twenty.</summary>
    [Theory]
    [InlineData(64, 0x00, 3, false)]
    [InlineData(64, 0x00, 4, true)]
    [InlineData(63, 0x00, 40, false)] // too short to tell
    [InlineData(64, 0x1F, 4, true)]
    [InlineData(64, 0x7F, 4, true)]
    [InlineData(64, 0x20, 64, false)]
    [InlineData(64, 0x09, 64, false)]
    [InlineData(64, 0x0A, 64, false)]
    [InlineData(64, 0x0D, 64, false)]
    [InlineData(4096, 0x00, 204, false)]
    [InlineData(4096, 0x00, 205, true)]
    public void A_file_with_many_control_characters_is_binary(int length, byte control, int times, bool binary)
    {
        byte[] head = [.. Enumerable.Repeat((byte)'a', length - times), .. Enumerable.Repeat(control, times)];

        What(head).ShouldBe(binary ? "a binary file" : null);
    }

    [Fact]
    public void Only_the_first_four_kilobytes_are_looked_at() =>
        What([.. Enumerable.Repeat((byte)'a', 4096), .. new byte[4096]]).ShouldBeNull();

    private static string? What(byte[] head)
    {
        (string What, string Remedy)? foreign = ForeignFormat.Of(head);
        foreign?.Remedy.ShouldNotBeNullOrEmpty();
        return foreign?.What;
    }
}
