using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>The internal test data (never part of the project): every file goes through without a recipe.</summary>
public sealed class RealDataTests
{
    [Theory]
    [InlineData("afrisenti_dev.csv", 13_726, "tweet", "label", 3)]
    [InlineData("amazon_reviews_multi_en_dev.csv", 5_000, "review_title+review_body", "stars", 5)]
    [InlineData("app_reviews_k9_wordpress.csv", 4_760, "review", "star", 5)]
    [InlineData("appstore_35apps.csv", 37_845, "title+text", "score", 5)]
    [InlineData("banking77_train.csv", 10_003, "text", "category", 77)]
    [InlineData("clinc150_imbalanced.csv", 19_225, "text", "intent", 151)]
    public void A_real_file_is_recognised_and_prepared_without_a_recipe(string file, long rows, string text, string label, int classes)
    {
        string? path = Find(file);
        Assert.SkipWhen(path is null, $"{file} is not on this machine: set FINETUNEFLOW_DATA");

        using var folder = PreparedFolder.From(File.ReadAllBytes(path!), name: file);

        Manifest manifest = folder.Manifest;
        manifest.Rows.Input.ShouldBe(rows);
        manifest.Rows.Rejected.ShouldBe(0);
        string.Join('+', manifest.Settings.Text).ShouldBe(text);
        manifest.Settings.Label.ShouldBe(label);
        manifest.Labels.Names.Length.ShouldBe(classes);
        ((double)manifest.Rows.Test / (manifest.Rows.Train + manifest.Rows.Validation + manifest.Rows.Test)).ShouldBe(0.2, 0.002);
    }

    [Fact]
    public void Filters_and_rare_classes_follow_the_recipe()
    {
        string? path = Find("amazon_reviews_multi_en_dev.csv");
        Assert.SkipWhen(path is null, "amazon_reviews_multi_en_dev.csv is not on this machine: set FINETUNEFLOW_DATA");
        DatasetRecipe recipe = new()
        {
            Label = "product_category",
            RareClasses = new RareClassesRecipe { Action = RareClassAction.Drop },
            Filters = [new FilterRecipe { Column = "stars", EqualTo = new OneOrMany<string>("1", "5") }],
        };

        using var folder = PreparedFolder.From(File.ReadAllBytes(path!), recipe);

        folder.Manifest.Rows.Filtered.ShouldBe(3_000);
        folder.Rejects().Count(line => line.EndsWith("class watch has too few rows", StringComparison.Ordinal)).ShouldBe(2);
        folder.Rejects().Count(line => line.Contains(",filtered,", StringComparison.Ordinal)).ShouldBe(3_000);
    }

    private static string? Find(string file)
    {
        string? folder = Environment.GetEnvironmentVariable("FINETUNEFLOW_DATA");
        if (folder is not null)
        {
            return File.Exists(Path.Combine(folder, file)) ? Path.Combine(folder, file) : null;
        }

        for (DirectoryInfo? at = new(AppContext.BaseDirectory); at is not null; at = at.Parent)
        {
            string path = Path.Combine(at.FullName, "..", "shared", "data", file);
            if (File.Exists(path))
            {
                return path;
            }
        }

        return null;
    }
}
