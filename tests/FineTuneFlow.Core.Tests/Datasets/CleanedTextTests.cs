using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What cleaning makes of one text, and what it notices about it.</summary>
public sealed class CleanedTextTests
{
    [Theory]
    [InlineData("plain text", "plain text", 0)]
    [InlineData("", "", 0)]
    [InlineData(" \n ", "", 0)]
    [InlineData("\na\n", "a", 0)]
    [InlineData("a\nb\n\nc", "a\nb\n\nc", 0)]
    [InlineData("a\n\n\nb", "a\n\nb", 0)]
    [InlineData("a\r\n\r\nb\r\rc\n\rd", "a\n\nb\n\nc\n\nd", 0)]
    [InlineData("a\r\nb", "a\nb", 0)]
    [InlineData("a \nb", "a\nb", 0)]
    [InlineData("a\n b", "a\nb", 0)]
    [InlineData("a\vb\fc\td", "a b c d", 0)]
    [InlineData("a \u00a0\t b", "a b", 0)]
    [InlineData("a\u0001b\u007fc", "abc", (int)TextFacts.ControlCharacters)]
    [InlineData("a\u0000b", "ab", (int)(TextFacts.ControlCharacters | TextFacts.Nul))]
    [InlineData("a\u0084b", "ab", (int)TextFacts.ControlCharacters)]
    [InlineData("a\u0085b", "a\nb", 0)]
    [InlineData("a\u200bb", "ab", (int)TextFacts.ZeroWidth)]
    [InlineData("a\u00adb", "ab", (int)TextFacts.ZeroWidth)]
    [InlineData("a\ufffdb", "a\ufffdb", (int)TextFacts.ReplacementCharacter)]
    [InlineData("<|x|>", "< |x| >", (int)TextFacts.SpecialToken)]
    [InlineData("<| x", "<| x", 0)]
    [InlineData("and so on...", "and so on...", (int)TextFacts.EndsInEllipsis)]
    [InlineData("and so on…", "and so on…", (int)TextFacts.EndsInEllipsis)]
    [InlineData("and so on..", "and so on..", 0)]
    [InlineData("... and so on", "... and so on", 0)]
    public void A_text_is_cleaned_and_what_was_in_it_is_noticed(string raw, string cleaned, int facts)
    {
        var cleaner = new TextCleaner(new CleaningRecipe());

        Encoding.UTF8.GetString(cleaner.Clean(Encoding.UTF8.GetBytes(raw))).ShouldBe(cleaned);
        cleaner.Facts.ShouldBe((TextFacts)facts);
        cleaner.Characters.ShouldBe(cleaned.Length);
    }

    [Theory]
    [InlineData("a &amp; b", true)]
    [InlineData("&lt;", true)]
    [InlineData("&&lt;", true)]
    [InlineData("a & b &lt; c", true)]
    [InlineData("&copy", false)]
    [InlineData("& ;", false)]
    [InlineData("&;", false)]
    [InlineData("&a;", false)]
    [InlineData("&unknown;", false)]
    [InlineData("&AMP;", false)]
    [InlineData("&#39;", true)]
    [InlineData("&#x2f;", true)]
    [InlineData("&#XFF;", true)]
    [InlineData("&#;", false)]
    [InlineData("&#3g;", false)]
    [InlineData("&#00000039;", true)] // Nine characters before the semicolon.
    [InlineData("&#000000039;", false)]
    [InlineData("R&D; &c.", false)]
    public void Characters_that_are_written_as_HTML_writes_them_are_noticed(string text, bool entity)
    {
        Facts(text).ShouldBe(entity ? TextFacts.HtmlEntity : TextFacts.None);
        Facts(text, new CleaningRecipe { HtmlEntities = true }).ShouldBe(TextFacts.None);
    }

    /// <summary>Left: what UTF-8 becomes when it is read as Windows-1252. Right: words and signs that look like it.</summary>
    [Theory]
    [InlineData("cafÃ©", true)]
    [InlineData("Ã¼ber", true)]
    [InlineData("donâ€™t", true)]
    [InlineData("ðŸ˜€", true)]
    [InlineData("ï»¿first", true)]
    [InlineData("ß©", true)]
    [InlineData("Â£5", true)]
    [InlineData("ô¿¿½", true)]
    [InlineData("à¸€", true)]
    [InlineData("ðŸ˜", false)] // one character short
    [InlineData("ðŸ", false)]
    [InlineData("ï»", false)]
    [InlineData("café", false)]
    [InlineData("é", false)]
    [InlineData("Üñ", false)]
    [InlineData("Éa©", false)]
    [InlineData("É»", false)]
    [InlineData("É’", false)]
    [InlineData("É”", false)]
    [InlineData("É…!", false)]
    [InlineData("É›", false)]
    [InlineData("Ãª", false)] // two letters
    [InlineData("Ãœ", false)]
    [InlineData("Á©", false)] // U+00C1 begins no character
    [InlineData("õŸ˜€", false)] // nor does U+00F5
    [InlineData("Ã漢", false)]
    public void A_text_that_was_read_in_another_encoding_and_saved_again_is_noticed(string text, bool twice) =>
        Facts(text).ShouldBe(twice ? TextFacts.ReadTwice : TextFacts.None);

    /// <summary>Characters a token: Latin 4.2, Han 0.9 (docs/costs.md).</summary>
    [Theory]
    [InlineData(1, 0, 1, 1)]
    [InlineData(0, 0, 0, 1)]
    [InlineData(40, 0, 40, 10)] // 9.5
    [InlineData(400, 0, 400, 96)] // 95.2
    [InlineData(0, 8, 8, 9)] // 8.9
    [InlineData(10, 8, 18, 12)] // 2.4 + 8.9
    [InlineData(1, 8, 9, 10)] // 0.2 + 8.9
    public void Tokens_are_estimated_by_script_and_counted_up(int latin, int han, int characters, int tokens)
    {
        var cleaner = new TextCleaner(new CleaningRecipe());

        cleaner.Clean(Encoding.UTF8.GetBytes(new string('a', latin) + new string('漢', han)));

        (cleaner.Characters, cleaner.Tokens).ShouldBe((characters, tokens));
    }

    [Theory]
    [InlineData("text", (int)Script.Latin)]
    [InlineData("éééé", (int)Script.Latin)]
    [InlineData("aa漢", (int)Script.Han)] // a third
    [InlineData("aaa漢", (int)Script.Latin)]
    [InlineData("11漢", (int)Script.Han)]
    [InlineData("111111é", (int)Script.Latin)] // digits are of every script
    [InlineData("αα漢", (int)Script.Greek)]
    [InlineData("α漢漢", (int)Script.Han)]
    [InlineData("α漢", (int)Script.Greek)]
    [InlineData("漢α", (int)Script.Greek)]
    [InlineData("a😀😀", (int)Script.Emoji)]
    public void The_script_is_the_one_that_a_third_of_the_characters_are_of(string text, int script)
    {
        var cleaner = new TextCleaner(new CleaningRecipe());

        cleaner.Clean(Encoding.UTF8.GetBytes(text));

        cleaner.Script.ShouldBe((Script)script);
        cleaner.Characters.ShouldBe(text.EnumerateRunes().Count());
    }

    [Theory]
    [InlineData(100, 20_000, 418, 100, true)] // 1000 letters are 239 tokens: 1000 x 100 / 239
    [InlineData(239, 20_000, 1000, 239, false)]
    [InlineData(238, 20_000, 995, 237, true)]
    [InlineData(100, 300, 300, 72, true)]
    [InlineData(239, 300, 300, 72, true)]
    public void Of_two_limits_the_shorter_one_cuts(int maxTokens, int maxCharacters, int characters, int tokens, bool truncated)
    {
        var cleaner = new TextCleaner(new CleaningRecipe { MaxTokens = maxTokens, MaxCharacters = maxCharacters });

        cleaner.Clean(Encoding.ASCII.GetBytes(new string('a', 1000))).Length.ShouldBe(characters);

        (cleaner.Characters, cleaner.Tokens, cleaner.Facts).ShouldBe((characters, tokens, truncated ? TextFacts.Truncated : TextFacts.None));
    }

    [Fact]
    public void A_text_that_is_too_long_is_given_whole_where_it_is_to_be_rejected()
    {
        var recipe = new CleaningRecipe { MaxCharacters = 5, TooLong = TooLong.Reject };
        var cleaner = new TextCleaner(recipe);

        Encoding.UTF8.GetString(cleaner.Clean("eléven..."u8)).ShouldBe("eléven...");

        (cleaner.Characters, cleaner.Facts).ShouldBe((9, TextFacts.TooLong));
        Facts("eleve", recipe).ShouldBe(TextFacts.None);
    }

    [Theory]
    [InlineData("abcdefgh...", 8, "abcdefgh")]
    [InlineData("ab \n cd", 3, "ab")]
    [InlineData("äöü", 2, "äö")]
    [InlineData("漢字漢", 2, "漢字")]
    [InlineData("a😀b", 2, "a😀")]
    public void A_text_is_cut_behind_a_character_and_not_behind_white_space(string raw, int limit, string expected)
    {
        var cleaner = new TextCleaner(new CleaningRecipe { MaxCharacters = limit });

        Encoding.UTF8.GetString(cleaner.Clean(Encoding.UTF8.GetBytes(raw))).ShouldBe(expected);

        (cleaner.Characters, cleaner.Facts).ShouldBe((expected.EnumerateRunes().Count(), TextFacts.Truncated));
    }

    [Fact]
    public void A_text_larger_than_every_buffer_is_cleaned_like_a_short_one()
    {
        string words = string.Concat(Enumerable.Repeat("Größe\t und  Maß\n", 1_000));
        string expected = string.Join('\n', Enumerable.Repeat("Größe und Maß", 1_000));
        var cleaner = new TextCleaner(new CleaningRecipe());

        Encoding.UTF8.GetString(cleaner.Clean(Encoding.UTF8.GetBytes(words))).ShouldBe(expected);
        Encoding.UTF8.GetString(cleaner.Clean("kurz\tdanach"u8)).ShouldBe("kurz danach");
    }

    /// <summary>Python's unicodedata 14.0 says the same: compositions that are blocked, excluded or of three parts, marks in another
    /// order, and the ends of Hangul's ranges.</summary>
    [Theory]
    [InlineData("\uac00\u11a8", "\uac01")]
    [InlineData("\u1100\u1161", "\uac00")]
    [InlineData("\u1112\u1175\u11c2", "\ud7a3")]
    [InlineData("\ud7a3", "\ud7a3")]
    [InlineData("\u1100\u1161\u11a7", "\uac00\u11a7")]
    [InlineData("\uac01\u11a8", "\uac01\u11a8")]
    [InlineData("\uac00\u11c3", "\uac00\u11c3")]
    [InlineData("\u1113\u1161", "\u1113\u1161")]
    [InlineData("\u1100\u1176", "\u1100\u1176")]
    [InlineData("\u1100\u1160", "\u1100\u1160")]
    [InlineData("\u1161\u11a8", "\u1161\u11a8")]
    [InlineData("\u0958", "\u0915\u093c")]
    [InlineData("a\u0344", "\u00e4\u0301")]
    [InlineData("a\u0301\u0300", "\u00e1\u0300")]
    [InlineData("a\u0323\u0307", "\u1ea1\u0307")]
    [InlineData("a\u0307\u0323", "\u1ea1\u0307")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")]
    [InlineData("e\u0323\u0302", "\u1ec7")]
    [InlineData("u\u0308\u0304", "\u01d6")]
    [InlineData("u\u0304\u0308", "\u1e7b")]
    [InlineData("\u2126\u212b", "\u03a9\u00c5")]
    [InlineData("\ufb1d", "\u05d9\u05b4")]
    [InlineData("\u0301a", "\u0301a")]
    [InlineData("\u0b47\u0b56", "\u0b48")]
    [InlineData("\u0b47\u0300\u0b56", "\u0b47\u0300\u0b56")]
    [InlineData("\U00011099\U000110ba", "\U0001109a")]
    [InlineData("\u0f40\u0f73", "\u0f40\u0f71\u0f72")]
    [InlineData("\u03b1\u0345\u0301", "\u1fb4")]
    [InlineData("a\u05ae\u0300\u0315", "\u00e0\u05ae\u0315")]
    [InlineData("a\u0328\u0301\u0302", "\u0105\u0301\u0302")]
    [InlineData("\u304b\u3099", "\u304c")]
    [InlineData("\uf900", "\u8c48")]
    [InlineData("\U0002f800", "\u4e3d")]
    public void Characters_are_composed_as_Unicode_says(string raw, string nfc)
    {
        Encoding.UTF8.GetString(new TextCleaner(new CleaningRecipe()).Clean(Encoding.UTF8.GetBytes(raw))).ShouldBe(nfc);
        LabelReader.Tidy(raw).ShouldBe(nfc);
    }

    /// <summary>By the characters' names in Unicode: spaces, ends of lines, and what is not seen.</summary>
    [Theory]
    [InlineData("Space", "00a0 1680 2000 2001 200a 202f 205f 3000")]
    [InlineData("LineBreak", "0085 2028 2029")]
    [InlineData("Drop", "0080 0084 0086 009f 00ad 061c 180e 200b 200e 200f 202a 202e 2060 2064 2066 206f fdd0 fdef feff fff9 fffb fffe ffff 1fffe 1ffff 10fffe 10ffff")]
    [InlineData("Keep", "00a1 00ac 00ae 061b 061d 167f 1681 180d 180f 1fff 200c 200d 2010 2027 2030 205e 2065 2070 2fff 3001 fdcf fdf0 fefe ff00 fff8 fffc fffd 10000 1fffd 20000 10fffd")]
    public void A_wide_character_is_kept_or_not_by_what_it_is(string kind, string characters)
    {
        foreach (string one in characters.Split(' '))
        {
            CharacterClasses.Of(new Rune(Convert.ToInt32(one, 16))).ToString().ShouldBe(kind, one);
        }
    }

    [Fact]
    public void Joiners_and_variation_selectors_do_not_make_another_text()
    {
        foreach (int invisible in (int[])[0x200C, 0x200D, 0xFE00, 0xFE0F, 0xE0100, 0xE01EF])
        {
            TextId.Of($"a{char.ConvertFromUtf32(invisible)}b").ShouldBe(TextId.Of("ab"));
        }

        foreach (int visible in (int[])[0x200B, 0x200E, 0xFDFF, 0xFE10, 0xE00FF, 0xE01F0])
        {
            TextId.Of($"a{char.ConvertFromUtf32(visible)}b").ShouldNotBe(TextId.Of("ab"));
        }
    }

    [Theory]
    [InlineData("A\r\n  b", "a b")]
    [InlineData("a\n\n\nb", "A B")]
    [InlineData("É\n\né", "é É")]
    [InlineData("Ⱥ", "ⱥ")] // two bytes large and three small
    public void White_space_and_case_do_not_make_another_text(string one, string other)
    {
        TextId.Of(one).ShouldBe(TextId.Of(other));
        string many = string.Concat(Enumerable.Repeat(one + "x", 3_000));
        TextId.Of(many).ShouldBe(TextId.Of(string.Concat(Enumerable.Repeat(other + "X", 3_000))));
    }

    [Fact]
    public void White_space_is_something_between_two_words()
    {
        TextId.Of("a b").ShouldNotBe(TextId.Of("ab"));
        TextId.Of("a\nb").ShouldNotBe(TextId.Of("ab"));
        TextId.Of("é\né").ShouldNotBe(TextId.Of("éé"));
    }

    [Theory]
    [InlineData("<|a|>", "< |a| >")]
    [InlineData("<|a|><|b|>", "< |a| >< |b| >")]
    [InlineData("x<|a|>y<|b|>z", "x< |a| >y< |b| >z")]
    [InlineData("<||>", "<||>")]
    [InlineData("<|a>", "<|a>")]
    [InlineData("<|a|", "<|a|")]
    [InlineData("<|a|b|>", "<|a|b|>")]
    [InlineData("<|<|a|>|>", "<|< |a| >|>")]
    [InlineData("<|", "<|")]
    public void Special_tokens_are_taken_apart(string raw, string escaped)
    {
        Encoding.UTF8.GetString(SpecialTokenText.Escape(Encoding.UTF8.GetBytes(raw), out bool found)).ShouldBe(escaped);
        found.ShouldBe(raw != escaped);
    }

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_special_tokens_name_has_at_most_sixty_three_letters(int letters, bool token)
    {
        string name = new('n', letters);

        Encoding.UTF8.GetString(SpecialTokenText.Escape(Encoding.UTF8.GetBytes($"<|{name}|>"), out bool found)).ShouldBe(token ? $"< |{name}| >" : $"<|{name}|>");
        found.ShouldBe(token);
    }

    [Theory]
    [InlineData("a\\nb\\tc\\rd\\be\\ff\\/g\\\\h\\\"i", "a\nb\tc\rd\be\ff/g\\h\"i")]
    [InlineData("a\\u0001b\\u00e9c", "a\u0001béc")]
    [InlineData("up to the quote\", and not further", "up to the quote")]
    [InlineData("half an escape\\", "half an escape")]
    [InlineData("", "")]
    public void What_JSON_escapes_is_read_back(string escaped, string text) => JsonText.Unescape(Encoding.UTF8.GetBytes(escaped)).ShouldBe(text);

    [Fact]
    public void JSON_escapes_no_more_than_it_must()
    {
        Encoding.UTF8.GetString(JsonText.Escape("é/<>&'\u007f \"\\\n\r\t\b\f\u0000\u001f")).ShouldBe("é/<>&'\u007f \\\"\\\\\\n\\r\\t\\u0008\\u000c\\u0000\\u001f");
        JsonText.Shown(""u8).ShouldBe("nothing");
        JsonText.Shown("a\"é\n"u8).ShouldBe("\"a\\\"é\\n\"");
    }

    private static TextFacts Facts(string text, CleaningRecipe? recipe = null)
    {
        var cleaner = new TextCleaner(recipe ?? new CleaningRecipe());
        cleaner.Clean(Encoding.UTF8.GetBytes(text));
        return cleaner.Facts;
    }
}
