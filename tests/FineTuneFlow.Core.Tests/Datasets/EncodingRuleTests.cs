using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>How an encoding is told from the first bytes, rule by rule.</summary>
public sealed class EncodingRuleTests
{
    /// <summary>Zeros among the bytes at odd and at even places: more than a fifth of all bytes at one, and less than a fiftieth at the other.</summary>
    [Theory]
    [InlineData(100, 21, 0, "utf-16")]
    [InlineData(100, 20, 0, "utf-8")]
    [InlineData(100, 21, 1, "utf-16")]
    [InlineData(100, 21, 2, "utf-8")]
    [InlineData(100, 0, 21, "utf-16BE")]
    [InlineData(100, 0, 20, "utf-8")]
    [InlineData(100, 1, 21, "utf-16BE")]
    [InlineData(100, 2, 21, "utf-8")]
    [InlineData(50, 25, 0, "utf-16")]
    [InlineData(48, 24, 0, "utf-8")] // too short to tell
    public void UTF_16_without_a_mark_has_its_zeros_at_every_other_place(int length, int odd, int even, string name)
    {
        byte[] head = [.. Enumerable.Repeat((byte)'a', length)];
        for (int i = 0; i < odd; i++)
        {
            head[(2 * i) + 1] = 0;
        }

        for (int i = 0; i < even; i++)
        {
            head[2 * i] = 0;
        }

        SourceEncoding found = SourceEncodings.Detect(head, null, out int mark);

        (found.Name + (found == SourceEncoding.Utf16BigEndian ? "BE" : "")).ShouldBe(name);
        mark.ShouldBe(0);
    }

    [Theory]
    [InlineData("Latin-1")]
    [InlineData("latin1")]
    [InlineData("ISO-8859-1")]
    [InlineData("windows-1252")]
    [InlineData("CP1252")]
    public void Latin_1_is_read_as_Windows_1252_under_all_its_names(string asked) => SourceEncodings.Detect("a"u8, asked, out _).ShouldBe(SourceEncoding.Latin1);

    [Theory]
    [InlineData("UTF-8")]
    [InlineData("utf8")]
    [InlineData("utf-8-sig")]
    [InlineData("utf_8")]
    public void UTF_8_has_several_names(string asked) => SourceEncodings.Detect("a"u8, asked, out _).ShouldBe(SourceEncoding.Utf8);

    [Fact]
    public void An_encoding_that_is_asked_for_is_not_guessed()
    {
        SourceEncoding asked = SourceEncodings.Detect([0xE9, 0x20, 0xE9], "KOI8-R", out _);

        (asked.Name, asked.Decoder?.CodePage, asked.Guessed, asked.Certainty).ShouldBe(("koi8-r", 20866, false, 1));
    }

    [Theory]
    [InlineData(new byte[] { 0xE9, 0x74, 0xE9 }, true)] // at the very beginning
    [InlineData(new byte[] { 0x61, 0xE9, 0x20, 0x61 }, true)]
    [InlineData(new byte[] { 0xC3, 0xA9, 0xE9, 0x20, 0xE9, 0x20 }, true)] // broken right behind a good one
    [InlineData(new byte[] { 0xC3, 0xA9, 0xC3, 0xA9, 0xC3, 0xA9, 0xE9, 0x20 }, false)]
    [InlineData(new byte[] { 0xC3, 0xA9, 0x20, 0xE2, 0x82 }, false)] // the head ends within a character
    [InlineData(new byte[] { 0x61, 0x62 }, false)]
    public void Bytes_that_are_no_UTF_8_are_of_another_encoding(byte[] head, bool other) => SourceEncodings.Detect(head, null, out _).Guessed.ShouldBe(other);

    [Fact]
    public void A_guess_has_an_example_from_the_second_line_with_such_letters()
    {
        SourceEncoding guess = French("Le résumé\r\n  très déçu, ça arrive cassé \r\nà côté, l'été à Noël\r\n");

        guess.Name.ShouldBe("latin-1");
        guess.Guessed.ShouldBeTrue();
        guess.Rival.ShouldNotBeNullOrEmpty();
        guess.Certainty.ShouldBeInRange(0.5, 1);
        string example = guess.Example.ShouldNotBeNull();
        example.ShouldStartWith($"as {guess.Rival}: tr");
        example.ShouldEndWith("   as latin-1: très déçu, ça arrive cassé");
    }

    [Fact]
    public void Where_one_line_has_such_letters_it_is_the_example() =>
        French("a plain line\n\ntrès déçu, ça arrive cassé\nanother one\n").Example.ShouldNotBeNull().ShouldEndWith("as latin-1: très déçu, ça arrive cassé");

    [Theory]
    [InlineData(80, "")]
    [InlineData(81, "…")]
    public void A_long_example_is_cut_behind_eighty_letters(int length, string end)
    {
        string line = ("très déçu, ça arrive cassé " + new string('x', length))[..length];

        French(line + "\n").Example.ShouldNotBeNull().ShouldEndWith("as latin-1: " + line[..80] + end);
    }

    [Fact]
    public void Marks_above_and_below_a_letter_do_not_count_in_the_length_of_an_example()
    {
        string line = string.Concat(Enumerable.Repeat("ที่นี่ดีมาก ", 10)).Trim();
        line.Length.ShouldBeGreaterThan(80);

        EncodingGuess.Of(CodePages.Find("windows-874")!.GetBytes(line + "\n")).Example.ShouldNotBeNull().ShouldEndWith(": " + line);
    }

    [Fact]
    public void Only_lines_with_such_letters_are_looked_at()
    {
        string csv = "\n" + string.Concat(Enumerable.Repeat("a plain line of a long text\n", 1_000)) + "Товар пришёл сломанным, продавец не отвечает\n";

        EncodingGuess.Of(CodePages.Find("windows-1251")!.GetBytes(csv)).Name.ShouldBe("windows-1251");
    }

    [Theory]
    [InlineData(0x80)]
    [InlineData(0xB4)]
    [InlineData(0xFF)]
    public void One_byte_tells_no_encoding(byte value)
    {
        SourceEncoding guess = EncodingGuess.Of([(byte)'a', (byte)' ', value, (byte)' ', (byte)'b']);

        guess.Certainty.ShouldBeInRange(0.5, EncodingGuess.Certain - 0.001);
        guess.Example.ShouldNotBeNull();
    }

    [Fact]
    public void Encodings_that_read_all_bytes_alike_are_no_rivals()
    {
        // In windows-1252 and ISO 8859-15 these letters are the same bytes.
        SourceEncoding guess = French("très déçu, ça arrive cassé à côté, l'été à Noël, où est la clé");

        guess.Rival.ShouldNotBe("iso-8859-15");
        guess.Certainty.ShouldBeGreaterThanOrEqualTo(EncodingGuess.Certain);
    }

    [Fact]
    public void UTF_8_with_damaged_letters_is_told_from_the_others() =>
        EncodingGuess.Of([.. "très déçu, ça arrive cassé à côté"u8, 0xE9, 0x20]).ShouldBe(SourceEncoding.Utf8);

    private static SourceEncoding French(string text) => EncodingGuess.Of(CodePages.Find("windows-1252")!.GetBytes(text));
}
