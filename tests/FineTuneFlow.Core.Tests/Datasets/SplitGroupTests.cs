using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>What belongs together, and how whole groups, stable shares and rows of one moment are shared out.</summary>
public sealed class SplitGroupTests
{
    [Theory]
    [InlineData(SplitMethod.Stratified)]
    [InlineData(SplitMethod.Stable)]
    public void Rows_of_one_text_stay_together_also_where_its_first_row_was_dropped_with_a_rare_class(SplitMethod method)
    {
        var csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 60; i++)
        {
            csv.Append($"{Words(i)},rare{i}\n{Words(i)},a\n{Words(i)},b\n");
        }

        using var folder = PreparedFolder.From(csv.ToString(), new()
        {
            Split = new SplitRecipe { Method = method },
            Duplicates = new() { Conflicts = ConflictPolicy.Keep },
            RareClasses = new() { Action = RareClassAction.Drop },
        });

        var places = Places(folder);
        places.Count.ShouldBe(120);
        places.Distinct().Count().ShouldBe(60);
    }

    [Fact]
    public void Rows_of_one_text_that_are_kept_are_numbered_in_the_order_of_the_file_and_repeated_ones_are_not()
    {
        string csv = "text,label\nthe disputed text,a\nthe disputed text,a\nthe disputed text,b\nthe disputed text,c\n"
            + string.Concat(Enumerable.Range(0, 90).Select(i => $"{Words(i)},{(char)('a' + (i % 3))}\n"));

        using var folder = PreparedFolder.From(csv, new() { Duplicates = new() { Conflicts = ConflictPolicy.Keep } });

        folder.AllRows().Where(row => row.Text == "the disputed text").OrderBy(row => row.Label, StringComparer.Ordinal)
            .Select(row => $"{row.Label}{row.Id[16..]}").ShouldBe(["a", "b-2", "c-3"]);
        folder.Manifest.Rows.Duplicates.ShouldBe(1);
    }

    [Fact]
    public void Groups_are_shared_out_by_their_rows_and_not_by_class()
    {
        // Five shops of twenty rows and a label of their own each: by class every shop would be missed most in training.
        string csv = "text,label,shop\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"{Words(i)},{(char)('a' + (i / 20))},shop {i / 20}\n"));

        using var folder = PreparedFolder.From(csv, new() { Split = new SplitRecipe { Method = SplitMethod.Group, Column = "shop" } });

        (folder.Rows(Split.Train).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Test).Count).ShouldBe((60, 20, 20));
    }

    [Fact]
    public void Which_of_equally_large_groups_goes_where_follows_from_the_seed_and_not_from_their_order_in_the_file()
    {
        string[] shops = [.. Enumerable.Range(0, 20).Select(shop => string.Concat(Enumerable.Range(0, 5).Select(i => $"{Words((shop * 50) + i)},{(i % 2 == 0 ? "a" : "b")},shop {shop}\n")))];
        Dictionary<string, Split> Of(IEnumerable<string> order, int seed)
        {
            using var folder = PreparedFolder.From("text,label,shop\n" + string.Concat(order), new() { Split = new SplitRecipe { Method = SplitMethod.Group, Column = "shop", Seed = seed } });
            return Places(folder).ToDictionary(place => place.Text, place => place.Split);
        }

        Dictionary<string, Split> forward = Of(shops, 42);

        Of(shops.Reverse(), 42).OrderBy(place => place.Key, StringComparer.Ordinal).ShouldBe(forward.OrderBy(place => place.Key, StringComparer.Ordinal));
        Of(shops, 43).Count(place => forward[place.Key] != place.Value).ShouldBeGreaterThan(10);
    }

    [Fact]
    public void By_column_each_row_that_is_moved_counts_and_groups_of_the_holdout_stay_where_a_split_is_carved()
    {
        // Three are near: two to train, one to test; two more are near, both to test. Nothing is to validate.
        string csv = $"text,label,part\n{Long(1)} one,a,train\n{Long(1)} two,a,train\n{Long(1)} three,a,test\n{Long(2)} one,b,test\n{Long(2)} two,b,test\n"
            + string.Concat(Enumerable.Range(0, 60).Select(i => $"{Words(i + 9)},{(i % 2 == 0 ? "a" : "b")},{(i < 50 ? "train" : "test")}\n"));
        DatasetRecipe recipe = new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" }, Duplicates = new() { Near = new() } };

        using var folder = PreparedFolder.From(csv, recipe);
        DatasetProfile profile = DatasetCheck.Check("r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), recipe, cancellation: TestContext.Current.CancellationToken).Profile;

        profile.Findings.Single(finding => finding.Code == "leak").Count.ShouldBe(2);
        folder.Rows(Split.Test).Count(row => row.Text.Contains("case", StringComparison.Ordinal)).ShouldBe(5);
        (folder.Rows(Split.Train).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Test).Count).ShouldBe((40, 10, 15));
    }

    [Fact]
    public void Rows_that_were_left_out_take_no_place_in_a_split()
    {
        // A hundred texts, one of them fifty times more.
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 150).Select(i => $"{Words(i < 100 ? i : 0)},{(i % 2 == 0 ? "a" : "b")}\n"));

        using var folder = PreparedFolder.From(csv, new() { Duplicates = new() { Conflicts = ConflictPolicy.First } });

        (folder.Rows(Split.Train).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Test).Count).ShouldBe((60, 20, 20));
    }

    [Theory]
    // Two texts of 19 different shingles of five letters each, 18 of them in both: 18 of 20 in all is 0.9.
    [InlineData(0.9, 2)]
    [InlineData(0.91, 0)]
    public void Texts_are_near_from_the_threshold_on(double threshold, int near)
    {
        string csv = "text,label\nabcdefghijklmnopqrstuvw,a\nabcdefghijklmnopqrstuvx,a\n"
            + string.Concat(Enumerable.Range(0, 60).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")}\n"));

        DatasetProfile profile = DatasetCheck.Check(
            "r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new() { Duplicates = new() { Near = new() { Threshold = threshold } } }, cancellation: TestContext.Current.CancellationToken).Profile;

        profile.Duplicates.NearRows.ShouldBe(near);
    }

    [Fact]
    public void Rows_of_one_text_are_no_near_duplicates()
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{Long(i)},a\n{Long(i)},b\n"));

        DatasetProfile profile = DatasetCheck.Check(
            "r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new() { Duplicates = new() { Near = new(), Conflicts = ConflictPolicy.Keep } }, cancellation: TestContext.Current.CancellationToken).Profile;

        (profile.Duplicates.NearRows, profile.Duplicates.NearGroups).ShouldBe((0, 0));
    }

    [Theory]
    // A fifth of the 50 rows of "a"; of "b" one where there are three rows to share out, and none of two.
    [InlineData(2, 10, 0)]
    [InlineData(3, 10, 1)]
    public void A_carved_split_takes_one_of_three_rows_of_a_class_and_none_of_two(int rows, int ofA, int ofB)
    {
        string csv = "text,label,part\n" + string.Concat(Enumerable.Range(0, 70 + rows).Select(i =>
            $"{Words(i)},{(i < 50 || i is >= 60 and < 70 ? "a" : "b")},{(i is >= 50 and < 70 ? "test" : "train")}\n"));

        using var folder = PreparedFolder.From(csv, new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" } });

        int Of(string label) => folder.Rows(Split.Validation).Count(row => row.Label == label);
        (Of("a"), Of("b"), folder.Rows(Split.Test).Count).ShouldBe((ofA, ofB, 20));
    }

    [Fact]
    public void A_label_that_only_rejected_rows_have_is_neither_rare_nor_a_spelling()
    {
        // The last two rows have no text.
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{Words(i)},{(i % 2 == 0 ? "good" : "bad")}\n")) + ",GOOD\n,never\n";

        DatasetProfile profile = DatasetCheck.Check("r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new(), cancellation: TestContext.Current.CancellationToken).Profile;

        profile.Rows.Rejected.ShouldBe(2);
        profile.Labels.Names.ShouldBe(["bad", "good"]);
        profile.Findings.ShouldNotContain(finding => finding.Code == "merged-labels" || finding.Code == "rare-classes");
    }

    [Fact]
    public void The_largest_groups_are_placed_first_so_that_the_shares_come_out_exactly()
    {
        // Of 100 rows 60 are to train and 20 each for the others: the group of 60 only fits in one of them, and the two of 10 go where 20 are left.
        int[] sizes = [10, 60, 10, 20];
        string csv = "text,label,shop\n" + string.Concat(
            sizes.SelectMany((size, shop) => Enumerable.Range(0, size).Select(i => $"{Words((shop * 1_000) + i)},{(i % 2 == 0 ? "a" : "b")},shop {shop}\n")));

        using var folder = PreparedFolder.From(csv, new() { Split = new SplitRecipe { Method = SplitMethod.Group, Column = "shop" }, Slices = ["shop"] });

        string[] Shops(Split split) => [.. folder.Rows(split).Select(row => row.Slices!["shop"]).Distinct().Order(StringComparer.Ordinal)];
        (folder.Rows(Split.Train).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Test).Count).ShouldBe((60, 20, 20));
        Shops(Split.Train).ShouldBe(["shop 1"]);
        Shops(Split.Test).Concat(Shops(Split.Validation)).Order(StringComparer.Ordinal).ShouldBe(["shop 0", "shop 2", "shop 3"]);
    }

    [Fact]
    public void A_group_that_is_larger_than_its_share_leaves_less_for_the_others_and_no_row_over()
    {
        // One shop has 70 of 100 rows, so that training holds more than its 60: the holdout gets its 20 and validation what is left.
        string csv = "text,label,shop\n" + string.Concat(
            Enumerable.Range(0, 100).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")},{(i < 70 ? "large" : $"small {i}")}\n"));

        using var folder = PreparedFolder.From(csv, new() { Split = new SplitRecipe { Method = SplitMethod.Group, Column = "shop" }, Slices = ["shop"] });

        folder.Rows(Split.Train).ShouldAllBe(row => row.Slices!["shop"] == "large");
        (folder.Rows(Split.Train).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Test).Count).ShouldBe((70, 10, 20));
    }

    [Theory]
    [InlineData(0.5, 0.25)]
    [InlineData(0.1, 0.6)]
    [InlineData(0.2, 0.2)]
    public void Stable_splits_hold_about_their_shares(double test, double validation)
    {
        const int Rows = 2_000;
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, Rows).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")}\n"));

        using var folder = PreparedFolder.From(csv, new() { Split = new SplitRecipe { Method = SplitMethod.Stable, Test = test, Validation = validation } });

        // Five standard errors of a share of 2,000 rows are less than 0.056.
        (folder.Rows(Split.Test).Count / (double)Rows).ShouldBe(test, 0.056);
        (folder.Rows(Split.Validation).Count / (double)Rows).ShouldBe(validation, 0.056);
        folder.AllRows().Count.ShouldBe(Rows);
    }

    [Fact]
    public void Rows_of_one_moment_are_shared_out_whatever_their_order_in_the_file_and_otherwise_by_another_seed()
    {
        string[] lines = [.. Enumerable.Range(0, 100).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")},2026-03-01\n")];
        Dictionary<string, Split> Of(IEnumerable<string> order, int seed)
        {
            using var folder = PreparedFolder.From("text,label,day\n" + string.Concat(order), new() { Split = new SplitRecipe { Method = SplitMethod.Time, Column = "day", Seed = seed } });
            return Places(folder).ToDictionary(place => place.Text, place => place.Split);
        }

        Dictionary<string, Split> forward = Of(lines, 42);

        forward.Values.Count(split => split == Split.Test).ShouldBe(20);
        Of(lines.Reverse(), 42).OrderBy(place => place.Key, StringComparer.Ordinal).ShouldBe(forward.OrderBy(place => place.Key, StringComparer.Ordinal));
        Of(lines, 43).Count(place => forward[place.Key] != place.Value).ShouldBeGreaterThan(20);
    }

    [Fact]
    public void Near_duplicates_are_counted_without_exact_ones_and_listed_by_their_lines()
    {
        // Lines 2 and 4 are near; 3 is line 2 once more; 5 stands alone.
        string[] first = [$"{Long(1)} one", $"{Long(1)} one", $"{Long(1)} two", $"{Long(2)} one"];
        string csv = "text,label\n" + string.Concat(first.Select(text => $"{text},a\n"))
            + string.Concat(Enumerable.Range(0, 60).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")}\n"));

        DatasetProfile profile = DatasetCheck.Check(
            "r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new() { Duplicates = new() { Near = new() } }, cancellation: TestContext.Current.CancellationToken).Profile;

        (profile.Duplicates.Rows, profile.Duplicates.NearRows, profile.Duplicates.NearGroups).ShouldBe((1, 2, 1));
        profile.Findings.Single(finding => finding.Code == "near-duplicates").Lines.ShouldBe([2L, 4L]);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public void Of_many_near_duplicates_the_first_ten_lines_are_listed(int many)
    {
        string csv = "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")}\n"))
            + string.Concat(Enumerable.Range(0, many).Select(i => $"{Long(7)} {(char)('a' + i)},a\n"));

        DatasetProfile profile = DatasetCheck.Check(
            "r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new() { Duplicates = new() { Near = new() } }, cancellation: TestContext.Current.CancellationToken).Profile;

        (profile.Duplicates.NearRows, profile.Duplicates.NearGroups).ShouldBe((many, 1));
        profile.Findings.Single(finding => finding.Code == "near-duplicates").Lines.ShouldBe(Enumerable.Range(0, Math.Min(many, 10)).Select(i => 62L + i));
    }

    [Theory]
    // Of the rare labels "b" has two rows and one more that repeats one of them, "c" and "d" one; they are named in the order of their letters.
    [InlineData("other", "a 40, other 44")]
    [InlineData("a", "a 44, other 40")]
    public void Rare_classes_are_merged_into_a_class_that_is_there_or_into_a_new_one(string into, string expected)
    {
        var rows = Enumerable.Range(0, 80).Select(i => (Words(i), i % 2 == 0 ? "a" : "other")).Concat([(Words(100), "c"), (Words(103), "d"), (Words(101), "b"), (Words(102), "b"), (Words(102), "b")]);
        DatasetRecipe recipe = new() { RareClasses = new() { Action = RareClassAction.Merge, Other = into } };

        using var folder = PreparedFolder.From(Texts.Csv(rows), recipe);
        Finding told = DatasetCheck.Check("r.csv", () => new MemoryStream(Texts.Csv(rows)), new(), cancellation: TestContext.Current.CancellationToken)
            .Profile.Findings.Single(finding => finding.Code == "rare-classes");

        string.Join(", ", folder.AllRows().GroupBy(row => row.Label).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => $"{group.Key} {group.Count()}")).ShouldBe(expected);
        (told.Count, told.Message).ShouldBe((3, "classes have fewer than 3 usable rows: \"b\" (2), \"c\" (1), \"d\" (1)"));
        folder.Manifest.Rows.Duplicates.ShouldBe(1);
    }

    [Fact]
    public void One_rare_class_is_told_of_as_one_and_its_repeated_rows_are_duplicates()
    {
        var rows = Enumerable.Range(0, 80).Select(i => (Words(i), i % 2 == 0 ? "a" : "z")).Concat([(Words(101), "b"), (Words(102), "b"), (Words(102), "b")]);

        using var folder = PreparedFolder.From(Texts.Csv(rows), new() { RareClasses = new() { Action = RareClassAction.Drop } });

        PreparedFolder.FailureOf(Texts.Csv(rows)).Message.ShouldContain("1 class has fewer than 3 usable rows: \"b\" (2)");
        (folder.Manifest.Rows.Duplicates, folder.Manifest.Rows.Rejected, folder.AllRows().Count).ShouldBe((1, 2, 80));
    }

    [Fact]
    public void Rare_classes_that_are_merged_become_one_class_of_their_own()
    {
        var rows = Enumerable.Range(0, 80).Select(i => (Words(i), i % 2 == 0 ? "a" : "z")).Concat([(Words(100), "c"), (Words(101), "b"), (Words(102), "b")]);

        using var folder = PreparedFolder.From(Texts.Csv(rows), new() { RareClasses = new() { Action = RareClassAction.Merge, Other = "rest" } });

        folder.AllRows().Count(row => row.Label == "rest").ShouldBe(3);
        folder.Manifest.Labels.Names.ShouldBe(["a", "rest", "z"]);
    }

    private static List<(string Text, Split Split)> Places(PreparedFolder folder) =>
        [.. Enum.GetValues<Split>().SelectMany(split => folder.Rows(split).Select(row => (row.Text, split)))];

    private static string Long(int number) =>
        $"{Words(number)} {Words(number + 900)} {Words(number + 1800)} {Words(number + 2700)} {Words(number + 3600)} case {number}";

    private static string Words(int seed) => string.Join(' ', Enumerable.Range(0, 4).Select(i => new Random((seed * 31) + i).Next().ToString("x8")));
}
