using FineTuneFlow.Core.Datasets.Reading;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What makes a text more probable in a language than another one, rule by rule.</summary>
public sealed class LetterScoreTests
{
    private const string French = "éèà";

    /// <summary>A letter of each group of scripts whose letters do not stand beside one another's.</summary>
    private static readonly string[] Scripts = ["é", "α", "ж", "א", "ا", "ก", "中", "가", "ሀ"];

    [Fact]
    public void Plain_letters_and_marks_tell_nothing()
    {
        LetterScore.Of("Some words, 100 %\n\0\u007f", French).ShouldBe(0);
        LetterScore.Of("", French).ShouldBe(0);
        LetterScore.Of("\u0080", French).ShouldBeLessThan(0);
    }

    [Fact]
    public void The_letters_frequencies_are_those_of_a_distribution()
    {
        "éèàêç".Sum(letter => Math.Exp(LetterScore.Of($"{letter}", "éèàêç"))).ShouldBe(1, 1e-9);
        LetterScore.Of("é", "é").ShouldBe(0, 1e-9);
        LetterScore.Of("éé", French).ShouldBe(2 * LetterScore.Of("é", French), 1e-9);
    }

    /// <summary>From the most to the least probable.</summary>
    [Theory]
    [InlineData("é", "è", "à", "“", "ñ", "¤", "\u0081")]
    [InlineData("É", "È", "…", "Ñ", "中", "\ufffd")]
    [InlineData("é", "。", "\u0301", "\u0e31\ufffd")]
    public void Usual_letters_come_before_marks_unusual_letters_signs_and_what_no_text_has(params string[] texts)
    {
        for (int i = 1; i < texts.Length; i++)
        {
            LetterScore.Of(texts[i - 1], French).ShouldBeGreaterThan(LetterScore.Of(texts[i], French), $"{texts[i - 1]} before {texts[i]}");
        }
    }

    [Theory]
    [InlineData("\u0081")] // a control character
    [InlineData("\ue000")] // private use
    [InlineData("\u0378")] // not assigned
    public void What_no_text_has_is_as_bad_as_a_damaged_character(string text) => LetterScore.Of(text, French).ShouldBe(LetterScore.Of("\ufffd", French));

    [Theory]
    [InlineData("É", "é")]
    [InlineData("ñ", "Ñ")]
    [InlineData("\u0301", "ñ")]
    [InlineData("“", "€")]
    public void Capitals_and_marks_weigh_what_their_like_weighs(string one, string other) => LetterScore.Of(one, French).ShouldBe(LetterScore.Of(other, French));

    [Fact]
    public void Letters_of_different_scripts_do_not_stand_together()
    {
        foreach (string one in Scripts)
        {
            Beside(one, one).ShouldBe(0, 1e-9, one);
            foreach (string other in Scripts.Where(other => other != one))
            {
                Beside(one, other).ShouldBeLessThan(-1, $"{one} and {other}");
            }
        }

        Beside("é", "x").ShouldBe(0, 1e-9);
        Beside("ж", "x").ShouldBeLessThan(-1);
        Beside("x", "ж").ShouldBeLessThan(-1);
        Beside("ж", "7").ShouldBe(0, 1e-9);
    }

    /// <summary>Letters at the ends of the ranges that the scripts are told by.</summary>
    [Theory]
    [InlineData("é", "\u024f", true)]
    [InlineData("é", "\u0250", false)]
    [InlineData("α", "\u0250", true)]
    [InlineData("α", "\u03fb", true)]
    [InlineData("α", "\u0450", false)]
    [InlineData("ж", "\u0450", true)]
    [InlineData("ж", "\u052f", true)]
    [InlineData("א", "\u0561", true)]
    [InlineData("ж", "\u0561", false)]
    [InlineData("ا", "\u0620", true)]
    [InlineData("א", "\u0620", false)]
    [InlineData("ا", "\u077f", true)]
    [InlineData("ا", "\u0780", false)]
    [InlineData("ก", "\u0e01", true)]
    [InlineData("ก", "\u0e81", false)]
    [InlineData("ก", "\u0d7f", false)]
    [InlineData("中", "\u3041", true)]
    [InlineData("中", "\u9fff", true)]
    [InlineData("中", "\ua000", false)]
    [InlineData("가", "\uac01", true)]
    [InlineData("가", "\ud7a3", true)]
    [InlineData("가", "\ud7b0", false)]
    public void A_script_ends_where_its_letters_do(string letter, string other, bool together) =>
        Math.Abs(Beside(letter, other)).ShouldBe(together ? 0 : 8, 1e-9);

    [Theory]
    [InlineData("aÉ", " É", true)] // a capital behind a small letter
    [InlineData("AÉ", " É", false)]
    [InlineData("Éa", "É ", false)]
    [InlineData("AéB", " é ", true)] // a small letter between capitals
    [InlineData("Aéb", " é ", false)]
    [InlineData("aéB", " é ", false)]
    [InlineData("AÉB", " É ", false)]
    [InlineData("a▒b", " ▒ ", true)] // a sign between letters
    [InlineData("a▒ ", " ▒ ", false)]
    [InlineData(" ▒b", " ▒ ", false)]
    [InlineData("a’b", " ’ ", false)] // marks that stand in words
    [InlineData("a–b", " – ", false)]
    [InlineData("เดิน", "เด ิ น", false)] // a vowel of the same script
    [InlineData("xิ", " ิ", true)] // but not one of another
    [InlineData("жิ", " ิ", true)]
    [InlineData("e\u0301", " \u0301", false)] // an accent
    public void Capitals_and_signs_inside_words_are_rare(string inside, string apart, bool rarer)
    {
        double difference = LetterScore.Of(apart, French) - LetterScore.Of(inside, French);

        (difference > 1).ShouldBe(rarer);
        (rarer || Math.Abs(difference) < 1e-9).ShouldBeTrue();
    }

    /// <summary>What standing together takes from two letters.</summary>
    private static double Beside(string one, string other) => LetterScore.Of(one + other, French) - LetterScore.Of(one + " " + other, French);
}
