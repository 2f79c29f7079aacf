using System.Text;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class CleaningTests
{
    [Theory]
    [InlineData("  two  spaces ", "two spaces")]
    [InlineData("tab\tand\u00a0no-break\u2003space", "tab and no-break space")]
    [InlineData("one\r\ntwo\rthree\u2028four", "one\ntwo\nthree\nfour")]
    [InlineData("a \n\n\n\n b", "a\n\nb")]
    [InlineData("zero\u200bwidth\ufeff and so\u00adft", "zerowidth and soft")]
    [InlineData("bell\u0007 and \u0000nul\u0085next", "bell and nul\nnext")]
    [InlineData("family \U0001F468\u200D\U0001F469\u200D\U0001F467", "family \U0001F468\u200D\U0001F469\u200D\U0001F467")]
    [InlineData("e\u0301 A\u030a \u1100\u1161\u11a8", "é Å 각")]
    [InlineData("q\u0307\u0323 \u212b \u2126", "q\u0323\u0307 Å Ω")]
    [InlineData("<|endoftext|> and <|im_start|>", "< |endoftext| > and < |im_start| >")]
    [InlineData("a <| b", "a <| b")]
    [InlineData("<| <|end|>|>", "<| < |end| >|>")]
    [InlineData("&amp; stays", "&amp; stays")]
    public void Texts_are_cleaned_as_documented(string raw, string expected) => Clean(raw).ShouldBe(expected);

    [Fact]
    public void Html_entities_are_decoded_where_asked() =>
        Clean("a &amp; b &lt;i&gt; &#233;&nbsp;x", new CleaningRecipe { HtmlEntities = true }).ShouldBe("a & b <i> é x");

    [Theory]
    [InlineData("abcdefghij", 10, "abcdefghij")]
    [InlineData("abcdefghijk", 10, "abcdefghij")]
    [InlineData("ééééééééééé", 10, "éééééééééé")]
    [InlineData("abcdefghi jk", 10, "abcdefghi")]
    [InlineData("😀😀😀", 2, "😀😀")]
    public void Long_texts_are_cut_between_characters(string raw, int limit, string expected) =>
        Clean(raw, new CleaningRecipe { MaxCharacters = limit }).ShouldBe(expected);

    [Fact]
    public void A_limit_in_tokens_cuts_too() =>
        Clean(new string('a', 1000), new CleaningRecipe { MaxTokens = 100 }).Length.ShouldBeInRange(380, 460);

    [Fact]
    public void Cleaning_twice_changes_nothing_and_the_result_is_well_formed() =>
        Prop.ForAll(Texts.Any().ToArbitrary(), text =>
        {
            string once = Clean(text);
            return Clean(once) == once && !once.Contains("  ", StringComparison.Ordinal) && !once.Contains("\n\n\n", StringComparison.Ordinal)
                && once.All(c => c == '\n' || !char.IsControl(c)) && once.Trim(' ', '\n') == once;
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void Escaped_json_reads_back_as_the_text() =>
        Prop.ForAll(Texts.Any().ToArbitrary(), text =>
        {
            string json = $"\"{Encoding.UTF8.GetString(JsonText.Escape(text))}\"";
            return System.Text.Json.JsonSerializer.Deserialize<string>(json) == text;
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("Great App", "great app", true)]
    [InlineData("Great\n\nApp", "great app", true)]
    [InlineData("GROẞE Été", "große été", true)]
    [InlineData("☺\uFE0F ok", "☺ ok", true)]
    [InlineData("great app", "great apps", false)]
    [InlineData("great app!", "great app", false)]
    public void The_same_text_has_the_same_id(string a, string b, bool same)
    {
        var identity = new TextIdentity();
        string first = TextIdentity.IdOf(identity.Hash(Encoding.UTF8.GetBytes(Clean(a))));
        string second = TextIdentity.IdOf(identity.Hash(Encoding.UTF8.GetBytes(Clean(b))));

        first.Length.ShouldBe(16);
        (first == second).ShouldBe(same);
    }

    [Fact]
    public void An_id_never_changes_between_versions() =>
        TextIdentity.IdOf(new TextIdentity().Hash("Works well on my phone"u8)).ShouldBe("729aae372533034b");

    [Theory]
    [InlineData("write to jane.doe@example.com", TextFacts.Email)]
    [InlineData("call +44 20 7946 0958 now", TextFacts.Phone)]
    [InlineData("call (555) 010-9999 or not", TextFacts.Phone)]
    [InlineData("my card 4111 1111 1111 1111 was charged", TextFacts.Card)]
    [InlineData("order 4111111111111112 is late", TextFacts.None)]
    [InlineData("in 2016 I paid 12.99 twice @ the shop", TextFacts.None)]
    [InlineData("version 4.5.6 of 2020-10-11", TextFacts.None)]
    public void Personal_data_is_noticed(string text, object facts) =>
        PersonalData.Find(Encoding.UTF8.GetBytes(text)).ShouldBe((TextFacts)facts);

    private static string Clean(string raw, CleaningRecipe? recipe = null) =>
        Encoding.UTF8.GetString(new TextCleaner(recipe ?? new CleaningRecipe()).Clean(Encoding.UTF8.GetBytes(raw)));
}
