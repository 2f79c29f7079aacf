using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Recipes;

public sealed class EncoderNameTests
{
    [Theory]
    [InlineData("distilbert-base-cased", "distilbert-base-cased", "main")]
    [InlineData("owner/model_1.5", "owner/model_1.5", "main")]
    [InlineData("owner/model@v1.0", "owner/model", "v1.0")]
    [InlineData("model@refs/pr/1", "model", "refs/pr/1")]
    [InlineData("a/b/c", null, null)]
    [InlineData("owner/model@", null, null)]
    [InlineData("@main", null, null)]
    [InlineData("-model", null, null)]
    [InlineData("owner/-model", null, null)]
    [InlineData("a..b", null, null)]
    [InlineData("model@../x", null, null)]
    [InlineData("model\n", null, null)]
    [InlineData("", null, null)]
    public void A_name_of_the_hub_has_an_owner_or_none_and_a_revision_or_main(string written, string? name, string? revision) =>
        EncoderName.AtHub(written).ShouldBe(name is null ? null : (name, revision!));

    [Theory]
    [InlineData("/models/mine", true)]
    [InlineData("./mine", true)]
    [InlineData("../mine", true)]
    [InlineData("mine", false)]
    [InlineData("owner/mine", false)]
    [InlineData(".mine", false)]
    [InlineData("owner/../mine", false)]
    [InlineData("mine./", false)]
    public void A_folder_is_a_whole_path_or_begins_where_the_trainer_starts(string written, bool folder) => EncoderName.IsFolder(written).ShouldBe(folder);

    [Theory]
    [InlineData(BaselineKind.Encoder, new int[0], 2)]
    [InlineData(BaselineKind.Container, new int[0], 1)]
    [InlineData(BaselineKind.Linear, new int[0], 1)]
    [InlineData(BaselineKind.Encoder, new[] { 5 }, 5)]
    [InlineData(BaselineKind.Container, new[] { 3, 4 }, 3)]
    public void An_encoder_is_trained_for_two_epochs_unless_told_otherwise(BaselineKind kind, int[] given, int expected) =>
        new BaselineRecipe { Name = "x", Kind = kind, Epochs = new OneOrMany<int>(given) }.EpochsToTrain.ShouldBe(expected);
}
