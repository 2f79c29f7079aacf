using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class NearTextsTests
{
    private const string Long = "The app crashes whenever I open the attachment of a message that was sent to more than one person, which is annoying";

    [Fact]
    public void Nearly_equal_texts_are_told_by_the_first_of_them()
    {
        string[] texts = [Long, "Something else entirely, with nothing in common.", Long + "!", Long.ToUpperInvariant(), "Something else entirely, with nothing in common!"];

        NearTexts.FirstOf(texts, new NearDuplicatesRecipe()).ShouldBe([0, 1, 0, 0, 1]);
    }

    [Fact]
    public void Different_texts_and_none_stand_for_themselves()
    {
        NearTexts.FirstOf(["good", "bad", "", " "], new NearDuplicatesRecipe()).Take(2).ShouldBe([0, 1]);
        NearTexts.FirstOf([], new NearDuplicatesRecipe()).ShouldBeEmpty();
    }
}
