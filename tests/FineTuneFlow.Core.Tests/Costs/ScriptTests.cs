using System.Text;
using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Which script a character counts for, at the first and last characters of Unicode's blocks (Blocks.txt of Unicode 15), and how
/// many tokens a thousand characters make.</summary>
public sealed class ScriptTests
{
    [Theory]
    [InlineData(0x00, 0x2F, Script.Latin)]
    [InlineData(0x30, 0x39, Script.Digits)]
    [InlineData(0x3A, 0x7F, Script.Latin)]
    [InlineData(0x0080, 0x024F, Script.ExtendedLatin)] // Latin-1 Supplement to Latin Extended-B
    [InlineData(0x0250, 0x02FF, Script.Other)] // IPA Extensions, Spacing Modifier Letters
    [InlineData(0x0300, 0x036F, Script.ExtendedLatin)] // Combining Diacritical Marks
    [InlineData(0x0370, 0x03FF, Script.Greek)]
    [InlineData(0x0400, 0x052F, Script.Cyrillic)] // Cyrillic, Cyrillic Supplement
    [InlineData(0x0530, 0x058F, Script.Other)] // Armenian
    [InlineData(0x0590, 0x05FF, Script.Hebrew)]
    [InlineData(0x0600, 0x077F, Script.Arabic)] // Arabic, Syriac, Arabic Supplement
    [InlineData(0x0780, 0x089F, Script.Other)] // Thaana to Arabic Extended-B
    [InlineData(0x08A0, 0x08FF, Script.Arabic)] // Arabic Extended-A
    [InlineData(0x0900, 0x0DFF, Script.Indic)] // Devanagari to Sinhala
    [InlineData(0x0E00, 0x0E7F, Script.Thai)]
    [InlineData(0x0E80, 0x10FF, Script.Other)] // Lao to Georgian
    [InlineData(0x1100, 0x11FF, Script.Hangul)] // Hangul Jamo
    [InlineData(0x1200, 0x139F, Script.Ethiopic)] // Ethiopic, Ethiopic Supplement
    [InlineData(0x13A0, 0x1DFF, Script.Other)] // Cherokee to Combining Diacritical Marks Supplement
    [InlineData(0x1E00, 0x1EFF, Script.ExtendedLatin)] // Latin Extended Additional
    [InlineData(0x1F00, 0x1FFF, Script.Greek)] // Greek Extended
    [InlineData(0x2000, 0x200C, Script.Other)] // Spaces of General Punctuation
    [InlineData(0x200D, 0x200D, Script.Emoji)] // Zero width joiner
    [InlineData(0x200E, 0x200F, Script.Other)]
    [InlineData(0x2010, 0x206F, Script.ExtendedLatin)] // General Punctuation from the hyphen on
    [InlineData(0x2070, 0x218F, Script.Other)] // Superscripts to Number Forms
    [InlineData(0x2190, 0x2BFF, Script.Emoji)] // Arrows to Miscellaneous Symbols and Arrows
    [InlineData(0x2C00, 0x2D7F, Script.Other)] // Glagolitic to Tifinagh
    [InlineData(0x2D80, 0x2DDF, Script.Ethiopic)] // Ethiopic Extended
    [InlineData(0x2DE0, 0x2FFF, Script.Other)] // Cyrillic Extended-A to Ideographic Description
    [InlineData(0x3000, 0x303F, Script.Han)] // CJK Symbols and Punctuation
    [InlineData(0x3040, 0x30FF, Script.Kana)] // Hiragana, Katakana
    [InlineData(0x3100, 0x312F, Script.Other)] // Bopomofo
    [InlineData(0x3130, 0x318F, Script.Hangul)] // Hangul Compatibility Jamo
    [InlineData(0x3190, 0x33FF, Script.Other)] // Kanbun to CJK Compatibility
    [InlineData(0x3400, 0x9FFF, Script.Han)] // CJK Extension A to CJK Unified Ideographs
    [InlineData(0xA000, 0xAAFF, Script.Other)] // Yi to Meetei Mayek Extensions
    [InlineData(0xAB00, 0xAB2F, Script.Ethiopic)] // Ethiopic Extended-A
    [InlineData(0xAB30, 0xABFF, Script.Other)] // Latin Extended-E to Meetei Mayek
    [InlineData(0xAC00, 0xD7AF, Script.Hangul)] // Hangul Syllables
    [InlineData(0xD7B0, 0xD7FF, Script.Other)] // Hangul Jamo Extended-B
    [InlineData(0xE000, 0xF8FF, Script.Other)] // Private Use
    [InlineData(0xF900, 0xFAFF, Script.Han)] // CJK Compatibility Ideographs
    [InlineData(0xFB00, 0xFB4F, Script.Other)] // Alphabetic Presentation Forms
    [InlineData(0xFB50, 0xFDFF, Script.Arabic)] // Arabic Presentation Forms-A
    [InlineData(0xFE00, 0xFE0F, Script.Emoji)] // Variation Selectors
    [InlineData(0xFE10, 0xFE6F, Script.Other)] // Vertical Forms to Small Form Variants
    [InlineData(0xFE70, 0xFEFE, Script.Arabic)] // Arabic Presentation Forms-B, but for the byte order mark
    [InlineData(0xFEFF, 0xFEFF, Script.Other)]
    [InlineData(0xFF00, 0xFFEF, Script.Han)] // Halfwidth and Fullwidth Forms
    [InlineData(0xFFF0, 0xFFFF, Script.Other)] // Specials
    [InlineData(0x1EFFF, 0x1EFFF, Script.Other)]
    [InlineData(0x1F000, 0x1FAFF, Script.Emoji)] // Mahjong Tiles to Symbols and Pictographs Extended-A
    [InlineData(0x1FB00, 0x1FFFF, Script.Other)] // Symbols for Legacy Computing
    [InlineData(0x20000, 0x3347F, Script.Han)] // CJK Extension B to J
    [InlineData(0x33480, 0x33480, Script.Other)]
    [InlineData(0xDFFFF, 0xDFFFF, Script.Other)]
    [InlineData(0xE0000, 0xE007F, Script.Emoji)] // Tags
    [InlineData(0xE0080, 0x10FFFF, Script.Other)]
    public void Characters_count_for_the_script_of_their_block(int first, int last, Script script)
    {
        TokenRates.Of(new Rune(first)).ShouldBe(script);
        TokenRates.Of(new Rune(last)).ShouldBe(script);
        TokenRates.Of(new Rune(first == 0xAC00 ? 0xB000 : (first + last) / 2)).ShouldBe(script);
    }

    [Theory]
    [InlineData("a", 200, 238, 312)]
    [InlineData("é", 286, 455, 769)]
    [InlineData("λ", 333, 625, 1000)]
    [InlineData("ж", 250, 385, 625)]
    [InlineData("ש", 333, 667, 1111)]
    [InlineData("ع", 294, 526, 909)]
    [InlineData("ह", 333, 833, 1667)]
    [InlineData("ม", 357, 769, 1429)]
    [InlineData("ሰ", 833, 2222, 3000)] // No more tokens than bytes.
    [InlineData("가", 526, 909, 1667)]
    [InlineData("か", 588, 909, 1429)]
    [InlineData("漢", 667, 1111, 1667)]
    [InlineData("😀", 1000, 2222, 4000)]
    [InlineData("7", 333, 455, 1000)]
    [InlineData("ա", 667, 1667, 2000)] // Armenian, one of all others: two bytes each.
    public void A_thousand_characters_make_so_many_tokens(string character, int low, int likely, int high)
    {
        Estimate tokens = TokenEstimate.Of(string.Concat(Enumerable.Repeat(character, 1000)));

        (Math.Round(tokens.Low), Math.Round(tokens.Likely), Math.Round(tokens.High)).ShouldBe((low, likely, high));
    }

    [Theory]
    [InlineData(1, 25, 25)] // 100 passes over one row are capped at 25.
    [InlineData(4, 25, 25)]
    [InlineData(5, 20, 20)]
    [InlineData(30, 3, 3)]
    [InlineData(20, 5, 5)]
    [InlineData(25, 4, 4)]
    [InlineData(26, 3, 3)]
    [InlineData(33, 3, 3)]
    [InlineData(34, 3, 3)]
    [InlineData(8_333, 3, 3)]
    [InlineData(8_334, 2, 3)]
    [InlineData(12_500, 2, 3)]
    [InlineData(12_501, 1, 3)]
    [InlineData(1_000_000, 1, 3)]
    [InlineData(0, 25, 25)]
    public void Passes_left_to_the_service_follow_the_notebook(long rows, double likely, double high)
    {
        TokenEstimate.AutomaticEpochs(rows).ShouldBe(new Estimate(1, likely, high));
    }
}
