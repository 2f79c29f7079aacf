using System.Text;
using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Encodings under the names that Python, iconv and spreadsheets have for them; the numbers are Microsoft's of the code pages.</summary>
public sealed class CodePagesTests
{
    [Theory]
    [InlineData(" CP1251 ", 1251)]
    [InlineData("windows-1252", 1252)]
    [InlineData("windows_1250", 1250)]
    [InlineData("windows1257", 1257)]
    [InlineData("cp932", 932)]
    [InlineData("sjis", 932)]
    [InlineData("Shift-JIS", 932)]
    [InlineData("shift_jis", 932)]
    [InlineData("cp936", 54936)]
    [InlineData("gbk", 54936)]
    [InlineData("gb2312", 54936)]
    [InlineData("GB18030", 54936)]
    [InlineData("cp949", 949)]
    [InlineData("uhc", 949)]
    [InlineData("euc_kr", 949)]
    [InlineData("cp950", 950)]
    [InlineData("big5", 950)]
    [InlineData("Big5-HKSCS", 950)]
    [InlineData("euc_jp", 51932)]
    [InlineData("mac_roman", 10000)]
    [InlineData("mac", 10000)]
    [InlineData("mac_cyrillic", 10007)]
    [InlineData("mac_latin2", 10029)]
    [InlineData("mac-ce", 10029)]
    [InlineData("tis-620", 874)]
    [InlineData("cp874", 874)]
    [InlineData("cp437", 437)]
    [InlineData("cp737", 737)]
    [InlineData("cp775", 775)]
    [InlineData("cp850", 850)]
    [InlineData("cp858", 858)]
    [InlineData("cp866", 866)]
    [InlineData("cp1026", 1026)]
    [InlineData("iso8859-2", 28592)]
    [InlineData("iso_8859_5", 28595)]
    [InlineData("ISO-8859-15", 28605)]
    [InlineData("iso8859_9", 28599)]
    [InlineData("koi8", 20866)]
    [InlineData("koi8_r", 20866)]
    [InlineData("KOI8-U", 21866)]
    [InlineData("utf-16be", 1201)]
    [InlineData("us-ascii", 20127)]
    public void A_name_is_known(string name, int page) => CodePages.Find(name).ShouldNotBeNull().CodePage.ShouldBe(page);

    /// <summary>Every number of a code page that .NET has is found under its number.</summary>
    [Fact]
    public void Each_code_page_of_dotnet_below_900_is_found_by_its_number()
    {
        int[] known = [.. CodePagesEncodingProvider.Instance.GetEncodings().Select(e => e.CodePage).Where(page => page is > 400 and < 900 && page != 708 && page != 720)];
        known.Length.ShouldBeGreaterThan(10);

        known.Where(page => CodePages.Find($"cp{page}")?.CodePage != page).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("klingon")]
    [InlineData("cp")]
    [InlineData("cp4x7")]
    [InlineData("cp499")]
    [InlineData("cp1259")]
    [InlineData("iso8859")]
    [InlineData("iso-8859-99")]
    [InlineData("koi8-x")]
    [InlineData("utf-7")]
    [InlineData("")]
    public void Another_name_is_not(string name) => CodePages.Find(name).ShouldBeNull();

    [Fact]
    public void What_an_encoding_lacks_is_a_damaged_character_and_no_question_mark() =>
        CodePages.Find("us-ascii").ShouldNotBeNull().GetString([0xE9, 0x3F]).ShouldBe("\ufffd?");
}
