using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

public sealed class NearestNameTests
{
    /// <summary>Up to a third of the letters may be wrong, and two of a short word; but not every letter.</summary>
    [Theory]
    [InlineData("epochs", "epochs", true)]
    [InlineData("EPOCHS", "epochs", true)]
    [InlineData("epochs", "EPOCHS", true)]
    [InlineData("zzzzzz", "zzzzzz", true)] // neighbours that are the same need no swap
    [InlineData("a", "ab", true)]
    [InlineData("ab", "a", true)]
    [InlineData("epoch", "epochs", true)] // one left out
    [InlineData("epochss", "epochs", true)] // one too many
    [InlineData("epocks", "epochs", true)] // one changed
    [InlineData("abc", "xyc", true)] // two of three changed
    [InlineData("abc", "xyz", false)]
    [InlineData("ab", "xy", false)] // nothing in common
    [InlineData("ab", "ac", true)]
    [InlineData("a", "b", false)]
    [InlineData("abcd", "badc", true)] // two pairs of neighbours swapped
    [InlineData("abcdef", "badcfe", false)] // three pairs of neighbours: 3 of 6
    [InlineData("ca", "abc", false)] // restricted: a swapped pair is not taken apart again, 3 and not 2
    [InlineData("abcdefghi", "abcxyzghi", true)] // 3 of 9
    [InlineData("abcdefghi", "abcwxyzhi", false)] // 4 of 9
    [InlineData("abcdefghijkl", "abcdefgh", true)] // 4 of 12
    [InlineData("abcdefghijkl", "abcdefg", false)] // 5 of 12
    [InlineData("", "a", false)]
    [InlineData("", "abc", false)]
    public void A_name_is_near_another_by_letters_left_out_added_changed_and_swapped(string written, string known, bool near) =>
        NearestName.Of(written, [known]).ShouldBe(near ? known : null);

    [Fact]
    public void The_nearest_is_taken_and_of_two_as_near_the_first()
    {
        NearestName.Of("epochs", ["epics", "epoch", "epocha"]).ShouldBe("epoch");
        NearestName.Of("kitten", ["sitting", "mitten", "kitchen"]).ShouldBe("mitten");
        NearestName.Of("abcd", ["abxy", "abdc"]).ShouldBe("abdc"); // a swap counts once
        NearestName.Of("x", []).ShouldBeNull();
    }
}
