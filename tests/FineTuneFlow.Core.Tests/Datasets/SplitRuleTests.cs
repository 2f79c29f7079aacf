using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Which row goes where, by tables counted by hand.</summary>
public sealed class SplitRuleTests
{
    private static readonly DuplicatesRecipe Near = new() { Near = new NearDuplicatesRecipe() };

    [Theory]
    // The published holdout stays whole, and what also stands there leaves the training rows: the pair goes to the "higher" of its splits.
    [InlineData("train", "test", Split.Test)]
    [InlineData("test", "train", Split.Test)]
    [InlineData("train", "dev", Split.Validation)]
    [InlineData("test", "dev", Split.Test)]
    [InlineData("dev", "test", Split.Test)]
    public void By_column_a_near_duplicate_pair_over_two_splits_leaves_the_training_rows_and_is_counted(string first, string second, Split expected)
    {
        var csv = new StringBuilder("text,label,part\n");
        csv.Append($"{Long(0, "one")},a,{first}\n");
        Append(csv, 60, i => i < 40 ? "train" : i < 50 ? "dev" : "test");
        csv.Append($"{Long(0, "two")},b,{second}\n");
        DatasetRecipe recipe = new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" }, Duplicates = Near };

        using var folder = PreparedFolder.From(csv.ToString(), recipe);

        SplitsOf(folder, row => row.Text.Contains("case 0 ", StringComparison.Ordinal)).ShouldBe([expected, expected]);
        Finding leak = Findings(csv.ToString(), recipe).Single(finding => finding.Code == "leak");
        leak.Count.ShouldBe(1);
        // What belongs nowhere else stays where the data has it.
        folder.Rows(Split.Train).Count.ShouldBe(40);
        folder.Rows(Split.Validation).Count.ShouldBe(10 + (expected == Split.Validation ? 2 : 0));
        folder.Rows(Split.Test).Count.ShouldBe(10 + (expected == Split.Test ? 2 : 0));
    }

    [Fact]
    public void By_column_without_leaks_nothing_is_moved_nor_told()
    {
        var csv = new StringBuilder("text,label,part\n");
        Append(csv, 60, i => i < 40 ? "train" : i < 50 ? "dev" : "test");

        Findings(csv.ToString(), new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" }, Duplicates = Near })
            .ShouldNotContain(finding => finding.Code == "leak" || finding.Code == "split-carved");
    }

    [Theory]
    [InlineData("test", Split.Validation, Split.Test)]
    [InlineData("dev", Split.Test, Split.Validation)]
    public void By_column_a_split_that_is_missing_is_carved_out_of_the_training_rows(string present, Split missing, Split kept)
    {
        // 80 training rows, 40 of each label: a fifth of each is carved, 8 and 8.
        var csv = new StringBuilder("text,label,part\n");
        Append(csv, 100, i => i < 20 ? present : "train");
        DatasetRecipe recipe = new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" } };

        using var folder = PreparedFolder.From(csv.ToString(), recipe);

        folder.Rows(missing).Count(row => row.Label == "a").ShouldBe(8);
        folder.Rows(missing).Count(row => row.Label == "b").ShouldBe(8);
        folder.Rows(kept).Count.ShouldBe(20);
        folder.Rows(Split.Train).Count.ShouldBe(64);
        Finding carved = Findings(csv.ToString(), recipe).Single(finding => finding.Code == "split-carved");
        carved.Count.ShouldBe(16);
        carved.Message.ShouldContain(missing.ToString().ToLowerInvariant());
    }

    [Fact]
    public void By_column_with_training_rows_alone_both_others_are_carved()
    {
        var csv = new StringBuilder("text,label,part\n");
        Append(csv, 100, _ => "train");

        using var folder = PreparedFolder.From(csv.ToString(), new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part", Test = 0.1, Validation = 0.3 } });

        (folder.Rows(Split.Test).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Train).Count).ShouldBe((10, 30, 60));
    }

    [Fact]
    public void By_time_a_group_goes_to_its_oldest_split_and_the_rest_in_exact_numbers_to_the_newest()
    {
        var csv = new StringBuilder("text,label,day\n");
        csv.Append($"{Long(0, "one")},a,2026-01-01\n");
        csv.Append($"{Long(1, "one")},b,2026-01-02\n");
        Append(csv, 96, i => $"2026-{(i / 28) + 2:00}-{(i % 28) + 1:00}");
        csv.Append($"{Long(0, "two")},a,2026-12-01\n");
        csv.Append($"{Long(1, "two")},b,2026-12-02\n");

        using var folder = PreparedFolder.From(csv.ToString(), new() { Split = new SplitRecipe { Method = SplitMethod.Time, Column = "day" }, Duplicates = Near });

        SplitsOf(folder, row => row.Text.Contains("case 0 ", StringComparison.Ordinal)).ShouldBe([Split.Train, Split.Train]);
        SplitsOf(folder, row => row.Text.Contains("case 1 ", StringComparison.Ordinal)).ShouldBe([Split.Train, Split.Train]);
        // Of 100 rows the newest 20 are the holdout; two of them are copies of old ones.
        folder.Rows(Split.Test).Count.ShouldBe(18);
        folder.Rows(Split.Validation).Count.ShouldBe(20);
        folder.Rows(Split.Test).ShouldAllBe(row => NumberOf(row) >= 78);
        folder.Rows(Split.Validation).ShouldAllBe(row => NumberOf(row) >= 58 && NumberOf(row) < 78);
    }

    [Fact]
    public void Stable_rows_that_belong_together_follow_the_first_of_them()
    {
        string[] firsts = [.. Enumerable.Range(0, 40).Select(i => Long(i, "one"))];
        string[] seconds = [.. Enumerable.Range(0, 40).Select(i => Long(i, "two"))];
        string csv = Csv([.. firsts, .. seconds]);
        SplitRecipe split = new() { Method = SplitMethod.Stable };
        using var alone = PreparedFolder.From(csv, new() { Split = split });
        using var together = PreparedFolder.From(csv, new() { Split = split, Duplicates = Near });
        Dictionary<string, Split> before = Places(alone);
        Dictionary<string, Split> after = Places(together);

        Enumerable.Range(0, 40).Count(i => before[firsts[i]] != before[seconds[i]]).ShouldBeGreaterThan(5);
        foreach ((string first, string second) in firsts.Zip(seconds))
        {
            after[first].ShouldBe(before[first]);
            after[second].ShouldBe(before[first]);
        }
    }

    [Theory]
    [InlineData(SplitMethod.Stratified)]
    [InlineData(SplitMethod.Stable)]
    public void Conflicts_that_are_kept_stay_in_one_split(SplitMethod method)
    {
        var csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 60; i++)
        {
            csv.Append($"{Words(i)},a\n{Words(i)},b\n");
        }

        using var folder = PreparedFolder.From(csv.ToString(), new() { Split = new SplitRecipe { Method = method }, Duplicates = new() { Conflicts = ConflictPolicy.Keep } });

        var places = Enum.GetValues<Split>().SelectMany(split => folder.Rows(split).Select(row => (row.Text, Split: split))).ToList();
        places.Count.ShouldBe(120);
        places.Distinct().Count().ShouldBe(60);
        folder.Rows(Split.Test).Count.ShouldBeInRange(10, 40);
    }

    [Theory]
    // Halves are rounded up; three rows or more give each of the two others at least one; two rows stay in training.
    [InlineData(100, 0.2, 0.2, 20, 20)]
    [InlineData(13, 0.2, 0.2, 3, 3)]
    [InlineData(12, 0.2, 0.2, 2, 2)]
    [InlineData(8, 0.2, 0.2, 2, 2)]
    [InlineData(7, 0.2, 0.2, 1, 1)]
    [InlineData(3, 0.2, 0.2, 1, 1)]
    [InlineData(3, 0.1, 0.1, 1, 1)]
    [InlineData(4, 0.1, 0.05, 1, 1)]
    [InlineData(20, 0.02, 0.01, 1, 1)]
    [InlineData(10, 0.25, 0.1, 3, 1)]
    [InlineData(30, 0.15, 0.25, 5, 8)]
    [InlineData(50, 0.01, 0.5, 1, 25)]
    [InlineData(40, 0.5, 0.25, 20, 10)]
    public void Stratified_splits_hold_exact_counts_of_each_class(int rows, double test, double validation, int inTest, int inValidation)
    {
        var csv = new StringBuilder("text,label\n");
        for (int i = 0; i < rows + 200; i++)
        {
            csv.Append($"{Words(i)},{(i < rows ? "counted" : "other")}\n");
        }

        using var folder = PreparedFolder.From(csv.ToString(), new() { Split = new SplitRecipe { Test = test, Validation = validation } });

        int Counted(Split split) => folder.Rows(split).Count(row => row.Label == "counted");
        (Counted(Split.Test), Counted(Split.Validation), Counted(Split.Train)).ShouldBe((inTest, inValidation, rows - inTest - inValidation));
    }

    [Fact]
    public void A_rows_split_does_not_depend_on_its_place_in_the_file_but_on_the_seed()
    {
        string[] texts = [.. Enumerable.Range(0, 200).Select(Words)];
        using var forward = PreparedFolder.From(Csv(texts));
        using var backward = PreparedFolder.From(Csv([.. texts.Reverse()], reverse: true));
        using var otherSeed = PreparedFolder.From(Csv(texts), new() { Split = new SplitRecipe { Seed = 7 } });

        Places(backward).OrderBy(place => place.Key).ShouldBe(Places(forward).OrderBy(place => place.Key));
        Places(otherSeed).Count(place => Places(forward)[place.Key] != place.Value).ShouldBeGreaterThan(50);
    }

    [Fact]
    public void Stratified_groups_are_spread_so_that_each_split_gets_its_share()
    {
        // Twenty groups of six near-duplicates, three of each label: 120 rows, 24 for test, 24 for validation, in whole groups of 6.
        string[] texts = [.. Enumerable.Range(0, 120).Select(i => Long(i / 6, $"{(char)('a' + (i % 6))}{(char)('a' + (i % 6))}"))];

        using var folder = PreparedFolder.From(Csv(texts), new() { Duplicates = Near });

        (folder.Rows(Split.Test).Count, folder.Rows(Split.Validation).Count, folder.Rows(Split.Train).Count).ShouldBe((24, 24, 72));
        foreach (Split split in Enum.GetValues<Split>())
        {
            folder.Rows(split).GroupBy(row => row.Text[..row.Text.LastIndexOf(' ')]).ShouldAllBe(group => group.Count() == 6);
        }
    }

    [Fact]
    public void Conflicting_labels_are_settled_as_the_recipe_says()
    {
        // Line 2 a, 3 b, 4 b, 5 b again; line 6 a, 7 b (a tie).
        string[] clash = ["x y z one,a", "x y z one,b", "x y z one,b", "x y z one,b", "x y z two,a", "x y z two,b"];
        string csv = "text,label\n" + string.Concat(clash.Select(line => line + "\n")) + string.Concat(Enumerable.Range(0, 40).Select(i => $"{Words(i)},{(i % 2 == 0 ? "a" : "b")}\n"));

        string[] Kept(ConflictPolicy policy)
        {
            using var folder = PreparedFolder.From(csv, new() { Duplicates = new() { Conflicts = policy } });
            return [.. folder.AllRows().Where(row => row.Text.StartsWith("x y z", StringComparison.Ordinal)).Select(row => $"{row.Text[6..]} {row.Label}").Order()];
        }

        Kept(ConflictPolicy.Majority).ShouldBe(["one b", "two a"]);
        Kept(ConflictPolicy.First).ShouldBe(["one a", "two a"]);
        Kept(ConflictPolicy.Drop).ShouldBeEmpty();
        Kept(ConflictPolicy.Keep).ShouldBe(["one a", "one b", "two a", "two b"]);
        using var majority = PreparedFolder.From(csv);
        majority.Manifest.Rows.Duplicates.ShouldBe(2);
        majority.Rejects().Count(line => line.Contains("conflict", StringComparison.Ordinal)).ShouldBe(2);
    }

    [Fact]
    public void A_text_taken_for_a_label_is_not_repeated_in_the_failure()
    {
        string text = string.Concat(Enumerable.Repeat("secret ", 72))[..500];
        var rows = Enumerable.Range(0, 50).Select(i => (Text: Words(i), Label: i == 3 ? text : i == 4 ? "short" : i % 2 == 0 ? "a" : "b"));

        Core.Failures.Failure failure = PreparedFolder.FailureOf(Texts.Csv(rows));

        failure.Message.ShouldNotContain("secret");
        failure.Message.ShouldContain("\"short\" (1)");
    }

    [Theory]
    [InlineData(40, null)]
    [InlineData(41, "one of 41 characters (1)")]
    public void Labels_of_up_to_forty_letters_are_named_and_longer_ones_are_not(int letters, string? instead)
    {
        string label = new('q', letters);
        var rows = Enumerable.Range(0, 50).Select(i => (Text: Words(i), Label: i == 3 ? label : i % 2 == 0 ? "a" : "b"));

        PreparedFolder.FailureOf(Texts.Csv(rows)).Message.ShouldEndWith(instead ?? $"\"{label}\" (1)");
    }

    private static void Append(StringBuilder csv, int rows, Func<int, string> third)
    {
        for (int i = 0; i < rows; i++)
        {
            csv.Append($"{Words(i)} number {i},{(i % 2 == 0 ? "a" : "b")},{third(i)}\n");
        }
    }

    private static string Csv(string[] texts, bool reverse = false) => "text,label\n" + string.Concat(
        texts.Select((text, i) => $"{text},{((reverse ? texts.Length - 1 - i : i) % 2 == 0 ? "a" : "b")}\n"));

    private static Dictionary<string, Split> Places(PreparedFolder folder) =>
        Enum.GetValues<Split>().SelectMany(split => folder.Rows(split).Select(row => (row.Text, Split: split))).ToDictionary(place => place.Text, place => place.Split);

    private static Split[] SplitsOf(PreparedFolder folder, Func<DatasetRow, bool> wanted) =>
        [.. Enum.GetValues<Split>().SelectMany(split => folder.Rows(split).Where(wanted).Select(_ => split))];

    private static System.Collections.Immutable.ImmutableArray<Finding> Findings(string csv, DatasetRecipe recipe) => DatasetCheck.Check(
        "r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), recipe, cancellation: TestContext.Current.CancellationToken).Profile.Findings;

    private static int NumberOf(DatasetRow row) => int.Parse(row.Text[(row.Text.LastIndexOf(' ') + 1)..]);

    /// <summary>Two of one number are near-duplicates; two of different numbers are not, for most of the text follows from the number.</summary>
    private static string Long(int number, string variant) =>
        $"{Words(number)} {Words(number + 900)} {Words(number + 1800)} {Words(number + 2700)} {Words(number + 3600)} case {number} {variant}";

    private static string Words(int seed) => string.Join(' ', Enumerable.Range(0, 4).Select(i => new Random((seed * 31) + i).Next().ToString("x8")));
}
