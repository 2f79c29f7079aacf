using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Core.Tests.Costs;

/// <summary>Passes that Foundry's documentation suggests for its open-weight models: fewer rows, more epochs.</summary>
public sealed class SuggestedEpochsTests
{
    [Theory]
    [InlineData("gpt-oss-20b", 3, 2, 1)]
    [InlineData("Llama-3.3-70B-Instruct", 5, 3, 1)]
    [InlineData("Qwen-32B", 5, 3, 1)]
    [InlineData("Ministral-3B", 10, 7, 5)]
    public void They_follow_the_training_rows(string model, int few, int usual, int many)
    {
        ModelLife life = ModelBook.Default.Find("azureOpenAI", model).ShouldNotBeNull();

        life.EpochsFor(99).ShouldBe(few);
        life.EpochsFor(100).ShouldBe(usual);
        life.EpochsFor(2_000).ShouldBe(usual);
        life.EpochsFor(2_001).ShouldBe(many);
        life.EpochsFor(null).ShouldBe(usual, "where nobody has counted");
    }

    [Fact]
    public void A_model_that_suggests_nothing_leaves_it_to_the_service() =>
        ModelBook.Default.Find("openai", "gpt-4.1-mini")!.EpochsFor(50).ShouldBeNull();
}
