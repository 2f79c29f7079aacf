using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Samples;

public sealed class SampleRecipeTests
{
    public static TheoryData<string> Files => [.. Directory.GetFiles(Folder, "*.recipe.json").Select(file => Path.GetFileName(file)!).Order(StringComparer.Ordinal)];

    private static string Folder
    {
        get
        {
            string root = AppContext.BaseDirectory;
            while (!File.Exists(Path.Combine(root, "FineTuneFlow.sln")))
            {
                root = Path.GetDirectoryName(root)!;
            }

            return Path.Combine(root, "samples");
        }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_sample_recipe_is_valid_and_listed(string file)
    {
        RecipeReading reading = RecipeReader.Check(file, File.ReadAllBytes(Path.Combine(Folder, file)));

        reading.Problems.ShouldBeEmpty();
        CandidateGrid.Expand(reading.Recipe!).ShouldNotBeEmpty();
        File.ReadAllText(Path.Combine(Folder, "README.md")).ShouldContain($"`{file}`");
    }

    [Theory]
    [InlineData("app_reviews_k9_wordpress.csv", "review", "star")]
    [InlineData("amazon_reviews_multi_en_dev.csv", "review_title|review_body", "stars")]
    public void The_chapters_recipe_fits_real_reviews_as_they_are(string file, string text, string label)
    {
        string? data = Environment.GetEnvironmentVariable("FINETUNEFLOW_DATA") ?? Path.Combine(Folder, "..", "..", "shared", "data");
        string path = Path.Combine(data, file);
        Assert.SkipUnless(File.Exists(path), $"{file} is not on this machine: set FINETUNEFLOW_DATA");
        Recipe recipe = RecipeReader.Read("chapter.recipe.json", File.ReadAllBytes(Path.Combine(Folder, "chapter.recipe.json")));

        DatasetProfile profile = DatasetCheck.Check(file, () => File.OpenRead(path), recipe.Dataset).Profile;

        string.Join('|', profile.Columns.Text).ShouldBe(text);
        profile.Columns.Label.ShouldBe(label);
        profile.Labels.Names.ShouldBe(["1", "2", "3", "4", "5"]);
        profile.Labels.Good.ShouldBe(["4", "5"]);
        profile.Labels.Ordered.ShouldBeTrue();
    }

    [Fact]
    public void The_chapters_recipe_trains_what_the_chapter_trained()
    {
        Recipe recipe = RecipeReader.Read("chapter.recipe.json", File.ReadAllBytes(Path.Combine(Folder, "chapter.recipe.json")));

        recipe.Candidates.Select(c => (c.Name, c.Model, c.ContinueFrom, c.Epochs[0])).ShouldBe(
        [
            ("babbage-1", "babbage-002", null, 1), ("babbage-4", null, "babbage-1", 3), ("gpt", "gpt-3.5-turbo", null, 1),
            ("gpt-system", "gpt-3.5-turbo", null, 1),
        ]);
        recipe.Candidates[3].SystemPrompt.ShouldNotBeNull();
        recipe.Dataset.Labels.Good.ShouldBe(["4", "5"]);
        recipe.Dataset.Text.ShouldBeEmpty();
        recipe.Baselines.ShouldHaveSingleItem().Name.ShouldBe("linear");
    }
}
