using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>The rules of cleaning that look at a few characters, one at a time.</summary>
public sealed class CleaningRuleTests
{
    [Theory]
    // As Python's unicodedata composes them.
    [InlineData("A\u030A", "\u00C5")]
    [InlineData("\u212B", "\u00C5")]
    [InlineData("\u2126", "\u03A9")]
    [InlineData("q\u0307\u0323", "q\u0323\u0307")] // marks in the order of their classes
    [InlineData("\u0301\u0323", "\u0323\u0301")] // also where no letter stands before them
    [InlineData("\u0301\u0323a", "\u0323\u0301a")]
    [InlineData("a\u0315\u0300\u05AEb", "\u00E0\u05AE\u0315b")]
    [InlineData("e\u0301\u0301", "\u00E9\u0301")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323")]
    [InlineData("\u0958", "\u0915\u093C")] // one of those that stay apart
    [InlineData("\u0344", "\u0308\u0301")]
    [InlineData("\u1100\u1161\u11A8", "\uAC01")]
    [InlineData("\uAC00\u11A7", "\uAC00\u11A7")] // no tail
    public void Characters_are_composed_as_the_Unicode_Standard_says(string text, string composed) =>
        Encoding.UTF8.GetString(Composition.ToNfc(Encoding.UTF8.GetBytes(text))).ShouldBe(composed);

    [Theory]
    [InlineData('\u00C3', "\u00A9", true)] // é
    [InlineData('\u00C3', "\u00A9t\u00E9", true)]
    [InlineData('\u00C3', "\u00BF", true)] // the last continuation
    [InlineData('\u00C3', "\u00C0", false)] // two letters
    [InlineData('\u00C3', "\u00B1", true)]
    [InlineData('\u00C3', "\u00BA", false)] // the ordinal indicator is a letter, and may stand there
    [InlineData('\u00DC', "\u00BB", false)] // a letter and a closing quote
    [InlineData('\u00C3', "a", false)]
    [InlineData('\u00C3', "", false)]
    [InlineData('\u00E2', "\u20AC\u2122", true)] // ’
    [InlineData('\u00E2', "\u20AC", false)] // cut off
    [InlineData('\u00E2', "\u00AA\u00BA", true)] // of three characters also letters
    [InlineData('\u00F0', "\u0178\u02DC\u20AC", true)] // an emoji
    [InlineData('\u00F0', "\u0178\u02DC", false)]
    public void A_character_that_was_read_as_Windows_1252_is_told_by_what_stands_behind_it(char lead, string rest, bool misread) =>
        Misread.StartsWithOne(lead, Encoding.UTF8.GetBytes(rest)).ShouldBe(misread);

    [Theory]
    [InlineData("Good", "good")]
    [InlineData("\uFF27ood", "good")] // full-width
    [InlineData("stra\u00DFe", "STRASSE")]
    [InlineData("1", "1.0")]
    [InlineData("1e0", "1.00")]
    [InlineData("+5", "5")]
    [InlineData(".5", "0.50")]
    [InlineData("\u03BC", "\u00B5")] // mu and micro
    [InlineData("\u0080", "\u0080")]
    [InlineData("a\u200Db\uFE0F", "AB")]
    public void Two_spellings_of_a_label_are_one(string one, string other) => LabelIdentity.Of(one).ShouldBe(LabelIdentity.Of(other));

    [Theory]
    [InlineData("good", "goods")]
    [InlineData("1", "01x")]
    [InlineData("-1", "1")]
    [InlineData("1", "one")]
    public void Other_labels_are_others(string one, string other) => LabelIdentity.Of(one).ShouldNotBe(LabelIdentity.Of(other));

    [Theory]
    [InlineData("[\"a\", \"b\"]", "a|b")]
    [InlineData("['a','b']", "a|b")]
    [InlineData("[1, 2]", "1|2")]
    [InlineData("[a]", "a")]
    [InlineData("[, a ,, b ,]", "a|b")]
    [InlineData("['a', 'a']", "a")]
    [InlineData("['a,b']", "a,b")]
    [InlineData("[]", "")]
    [InlineData("[ ]", "")]
    public void A_list_in_brackets_is_its_labels(string cell, string labels)
    {
        LabelList.TryRead(cell, SeveralLabels.Refuse, out string[] names).ShouldBeTrue();
        string.Join('|', names).ShouldBe(labels);
    }

    [Theory]
    [InlineData("['a", SeveralLabels.Reject, false, "['a")]
    [InlineData("['a]", SeveralLabels.Reject, false, "")] // never closed
    [InlineData("a;b", SeveralLabels.Refuse, false, "")] // separators count where the recipe says what to do with several
    [InlineData("a;b", SeveralLabels.First, true, "a|b")]
    [InlineData("a; b, c", SeveralLabels.First, true, "a|b, c")]
    [InlineData("a|b", SeveralLabels.Combine, true, "a|b")]
    [InlineData("a", SeveralLabels.First, false, "a")]
    [InlineData("a;", SeveralLabels.First, false, "a")]
    public void Separators_part_labels_where_the_recipe_says_what_to_do_with_several(string cell, SeveralLabels several, bool list, string labels)
    {
        LabelList.TryRead(cell, several, out string[] names).ShouldBe(list);
        string.Join('|', names).ShouldBe(labels);
    }

    [Theory]
    [InlineData("a <|endoftext|> b", "a < |endoftext| > b")]
    [InlineData("<|a|><|b|>", "< |a| >< |b| >")]
    [InlineData("<|a|>|>", "< |a| >|>")]
    [InlineData("<|<|a|>", "<|< |a| >")]
    [InlineData("<|a|", null)]
    [InlineData("<||>", null)] // no name
    [InlineData("<|a>", null)]
    [InlineData("a < b |> c", null)]
    public void Special_tokens_are_written_apart(string text, string? escaped)
    {
        Encoding.UTF8.GetString(SpecialTokenText.Escape(Encoding.UTF8.GetBytes(text), out bool found)).ShouldBe(escaped ?? text);
        found.ShouldBe(escaped is not null);
    }

    [Theory]
    [InlineData(62, true)]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void A_special_tokens_name_is_shorter_than_sixty_four_letters(int letters, bool token)
    {
        SpecialTokenText.Escape(Encoding.UTF8.GetBytes($"<|{new string('a', letters)}|>"), out bool found);

        found.ShouldBe(token);
    }

    [Fact]
    public void The_range_of_many_texts_tokens_is_what_their_characters_take_at_least_and_at_most()
    {
        int[] characters = new int[TokenCount.ScriptCount];
        long[] likely = new long[TokenCount.ScriptCount];
        var sum = new Estimate(0, 0, 0);
        foreach (Script script in Enum.GetValues<Script>())
        {
            characters[(int)script] = 1_000_000;
            int before = TokenCount.Likely(characters);
            characters[(int)script] = 0;
            likely[(int)script] = before;
            sum += TokenRates.PerCharacter(script) * 1_000_000;
        }

        TokenRange range = TokenCount.Range(likely);

        // The tokens of each script are whole ones.
        ((double)range.Low).ShouldBe(sum.Low, sum.Low * 1e-4);
        ((double)range.Likely).ShouldBe(sum.Likely, TokenCount.ScriptCount);
        ((double)range.High).ShouldBe(sum.High, sum.High * 1e-4);
        TokenCount.Range([1]).High.ShouldBeGreaterThan(1, "what is begun is a whole token");
    }

    [Fact]
    public void Cells_that_are_not_UTF_8_are_kept_one_a_line_up_to_what_tells_an_encoding()
    {
        var cells = new UndecodedCells();
        cells.Add([0xE9, 0x41]);
        var others = new UndecodedCells();
        others.Add([0xE8]);

        cells.Add(others);
        cells.Add(new UndecodedCells());

        cells.Bytes.ToArray().ShouldBe([0xE9, 0x41, (byte)'\n', 0xE8, (byte)'\n']);
        cells.Add(new byte[50_000]);
        cells.Bytes.Length.ShouldBe(5 + 16_000 + 1);
        cells.Add([0xE7]);
        cells.Add(others);
        cells.Bytes.Length.ShouldBe(5 + 16_000 + 1, "more says nothing more");
        cells.Clear();
        cells.Bytes.IsEmpty.ShouldBeTrue();
    }
}
