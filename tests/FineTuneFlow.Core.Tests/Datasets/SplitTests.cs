using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class SplitTests
{
    [Fact]
    public void The_datas_own_split_is_kept_and_leaks_leave_the_training_rows()
    {
        string csv = Csv("part", i => i % 5 == 0 ? "test" : i % 5 == 1 ? "dev" : "train") + "text number 0,a,train\ntext number 1,b,test\n";

        using var folder = PreparedFolder.From(csv, With(new SplitRecipe { Method = SplitMethod.Column, Column = "part" }));

        folder.Rows(Split.Test).Count.ShouldBe(20);
        folder.Rows(Split.Test).ShouldContain(row => row.Text == "text number 0");
        folder.Rows(Split.Validation).Count.ShouldBe(20);
        folder.Manifest.Rows.Duplicates.ShouldBe(2);
    }

    [Fact]
    public void A_value_that_is_no_split_is_a_reject_and_values_can_be_named()
    {
        string csv = Csv("part", i => i % 5 == 0 ? "final" : i % 5 == 1 ? "dev" : "train");
        var split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" };

        using var unknown = PreparedFolder.From(csv, With(split));
        unknown.Manifest.Rows.Rejected.ShouldBe(20);
        unknown.Rejects()[0].ShouldStartWith("2,split-value,");
        unknown.Lines(DatasetFiles.Profile).ShouldContain(line => line.Contains("split-carved"));

        using var named = PreparedFolder.From(csv, With(split with
        {
            Values = System.Collections.Immutable.ImmutableSortedDictionary<string, string>.Empty.Add("final", "test").Add("dev", "validation").Add("train", "train"),
        }));
        named.Manifest.Rows.Test.ShouldBe(20);
    }

    [Fact]
    public void Groups_stay_in_one_split()
    {
        using var folder = PreparedFolder.From(
            Csv("app", i => $"app {i % 17}"), With(new SplitRecipe { Method = SplitMethod.Group, Column = "app" }) with { Slices = ["app"] });

        var splits = Enum.GetValues<Split>()
            .SelectMany(split => folder.Rows(split).Select(row => (App: row.Slices!["app"], split)))
            .Distinct().ToList();
        splits.Count.ShouldBe(17);
        folder.Manifest.Rows.Test.ShouldBeInRange(12, 28);
    }

    [Fact]
    public void The_newest_rows_are_the_holdout()
    {
        using var folder = PreparedFolder.From(
            Csv("date", i => $"2026-{(i % 12) + 1:00}-{(i / 12) + 1:00}"), With(new SplitRecipe { Method = SplitMethod.Time, Column = "date" }) with { Slices = ["date"] });

        string oldestTest = folder.Rows(Split.Test).Min(row => row.Slices!["date"])!;
        string newestTrain = folder.Rows(Split.Train).Max(row => row.Slices!["date"])!;
        string.CompareOrdinal(newestTrain, oldestTest).ShouldBeLessThan(0);
        folder.Manifest.Rows.Test.ShouldBe(20);
    }

    [Fact]
    public void A_date_that_is_none_is_a_reject()
    {
        using var folder = PreparedFolder.From(
            Csv("date", i => i == 3 ? "yesterday" : "2026-01-02"), With(new SplitRecipe { Method = SplitMethod.Time, Column = "date" }));

        folder.Rejects().ShouldHaveSingleItem().ShouldStartWith("5,split-value,column date holds no date");
    }

    [Fact]
    public void Near_duplicates_never_span_two_splits()
    {
        const string Long = "I bought this phone last summer and the battery still lasts two whole days without charging it even once, case";
        var rows = Enumerable.Range(0, 60).SelectMany(i => new[]
        {
            (Text: $"{Long} {i / 6} {new string((char)('a' + (i % 6)), 2)}", Label: i % 2 == 0 ? "a" : "b"),
            (Text: $"{Words(i)} {Words(i + 500)} {Words(i + 1000)}", Label: i % 2 == 0 ? "a" : "b"),
        });
        DatasetRecipe recipe = new() { Duplicates = new DuplicatesRecipe { Near = new NearDuplicatesRecipe() } };

        using var folder = PreparedFolder.From(Texts.Csv(rows), recipe);

        Enum.GetValues<Split>().Count(split => folder.Rows(split).Any(row => row.Text.StartsWith(Long, StringComparison.Ordinal))).ShouldBe(1);
        folder.AllRows().Count.ShouldBe(120);
        DatasetCheck.Check("r.csv", () => new MemoryStream(Texts.Csv(rows)), recipe, cancellation: TestContext.Current.CancellationToken)
            .Profile.Duplicates.NearRows.ShouldBe(60);
    }

    [Theory]
    [InlineData(Balance.Undersample)]
    [InlineData(Balance.Oversample)]
    public void Balancing_touches_the_training_rows_only(Balance balance)
    {
        var rows = Enumerable.Range(0, 200).Select(i => (Text: $"text number {i}", Label: i % 10 == 0 ? "rare" : "common"));

        using var folder = PreparedFolder.From(Texts.Csv(rows), new DatasetRecipe { Balance = balance });

        string[] train = [.. folder.Rows(Split.Train).Select(row => row.Label)];
        train.Count(label => label == "rare").ShouldBe(train.Count(label => label == "common"));
        folder.Manifest.Rows.Test.ShouldBe(40);
        folder.Manifest.Rows.Balanced.ShouldBe(balance == Balance.Undersample ? 96 : 0);
        folder.Manifest.Rows.Added.ShouldBe(balance == Balance.Oversample ? 96 : 0);
        folder.Manifest.ClassWeights["rare"].ShouldBe(5, 0.001);
        folder.Manifest.ClassWeights["common"].ShouldBe(0.5555, 0.001);
    }

    private static string Csv(string column, Func<int, string> value) =>
        $"text,label,{column}\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"text number {i},{(i % 2 == 0 ? "a" : "b")},{value(i)}\n"));

    private static DatasetRecipe With(SplitRecipe split) => new() { Split = split };

    private static string Words(int seed) => new Random(seed).Next().ToString("x8") + new Random(seed + 7).Next().ToString("x8");
}
