using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Class weights by scikit-learn's figures, and which training rows a balanced class keeps.</summary>
public sealed class BalancingTests
{
    [Fact]
    public void Weights_are_those_of_scikit_learn_and_a_class_without_rows_has_none()
    {
        // sklearn.utils.class_weight.compute_class_weight("balanced", classes=["a", "c", "d"], y=["a"]*2 + ["c"]*6 + ["d"])
        Balancing.Weights([2, 0, 6, 1], ["a", "b", "c", "d"]).ShouldBe(new Dictionary<string, double> { ["a"] = 1.5, ["c"] = 0.5, ["d"] = 3 });
    }

    [Fact]
    public void Weights_count_the_training_rows_alone()
    {
        // By column: 40 rows of "a" and 10 of "b" to train, the other way round to test.
        var csv = new StringBuilder("text,label,part\n");
        for (int i = 0; i < 100; i++)
        {
            csv.Append($"a text of its own {i},{(i % 50 < 40 == i < 50 ? "a" : "b")},{(i < 50 ? "train" : "test")}\n");
        }

        using var folder = PreparedFolder.From(csv.ToString(), new() { Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" } });

        int a = folder.Rows(Split.Train).Count(row => row.Label == "a");
        int b = folder.Rows(Split.Train).Count(row => row.Label == "b");
        (a, b).ShouldBe((32, 8), "a fifth of each is carved out to validate");
        folder.Manifest.ClassWeights["a"].ShouldBe(40 / (2.0 * 32), 1e-12);
        folder.Manifest.ClassWeights["b"].ShouldBe(40 / (2.0 * 8), 1e-12);
    }

    [Theory]
    [InlineData(Balance.Undersample)]
    [InlineData(Balance.Oversample)]
    public void Which_rows_are_kept_or_repeated_does_not_depend_on_their_order_in_the_file(Balance balance)
    {
        (string Text, string Label)[] rows = [.. Enumerable.Range(0, 100).Select(i => (Text: $"text number {i}", Label: i % 5 == 0 ? "rare" : "common"))];

        string[] Train(IEnumerable<(string Text, string Label)> order)
        {
            using var folder = PreparedFolder.From(Texts.Csv(order), new DatasetRecipe { Balance = balance });
            return [.. folder.Rows(Split.Train).Select(row => row.Text).Order(StringComparer.Ordinal)];
        }

        Train(rows.Reverse()).ShouldBe(Train(rows));
    }

    [Fact]
    public void A_class_that_only_the_holdout_has_is_no_class_of_no_rows_to_balance_by()
    {
        var csv = new StringBuilder("text,label,part\n");
        for (int i = 0; i < 90; i++)
        {
            csv.Append($"a text of its own {i},{(i < 30 ? "a" : i < 70 ? "b" : i % 2 == 0 ? "a" : "c")},{(i < 70 ? "train" : "test")}\n");
        }

        using var folder = PreparedFolder.From(
            csv.ToString(), new() { Balance = Balance.Undersample, Split = new SplitRecipe { Method = SplitMethod.Column, Column = "part" } });

        folder.Rows(Split.Train).Count(row => row.Label == "a").ShouldBe(24);
        folder.Rows(Split.Train).Count(row => row.Label == "b").ShouldBe(24);
        folder.Rows(Split.Test).Count(row => row.Label == "c").ShouldBe(10);
    }

    [Fact]
    public void Bands_of_rows_in_every_block_are_read_back()
    {
        const int Rows = 9000;
        var table = new BandTable(bands: 3);
        for (ulong row = 0; row < Rows; row++)
        {
            table.Add([row, row + 1_000_000, row + 2_000_000]);
        }

        for (int row = 0; row < Rows; row++)
        {
            table[row].ToArray().ShouldBe([(ulong)row, (ulong)row + 1_000_000, (ulong)row + 2_000_000]);
        }
    }
}
