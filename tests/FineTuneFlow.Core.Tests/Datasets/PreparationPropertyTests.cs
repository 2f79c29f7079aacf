using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;
using FsCheck;
using FsCheck.Fluent;

namespace FineTuneFlow.Core.Tests.Datasets;

public sealed class PreparationPropertyTests
{
    private static readonly Config Runs = Config.QuickThrowOnFailure.WithMaxTest(40);

    private static readonly DatasetRecipe Recipe = new()
    {
        Text = new OneOrMany<string>("text"), Label = "label", RareClasses = new RareClassesRecipe { Action = RareClassAction.Drop },
    };

    [Fact]
    public void Every_row_is_used_or_listed_and_no_text_stands_in_two_splits() => Check.One(Runs, Prop.ForAll(Texts.Table().ToArbitrary(), table =>
    {
        using var folder = PreparedFolder.From(Texts.Csv(table), Recipe);
        RowCounts rows = folder.Manifest.Rows;
        rows.Input.ShouldBe(table.Length);
        (rows.Train + rows.Validation + rows.Test + folder.Rejects().Length).ShouldBe(table.Length);
        List<DatasetRow> written = folder.AllRows();
        written.Count.ShouldBe((int)(rows.Train + rows.Validation + rows.Test));
        written.Select(row => Normalised(row.Text)).Distinct().Count().ShouldBe(written.Count);
        var cleaner = new TextCleaner(new CleaningRecipe());
        var inputs = table.Select(row => (Encoding.UTF8.GetString(cleaner.Clean(Encoding.UTF8.GetBytes(row.Text))), row.Label)).ToHashSet();
        written.ShouldAllBe(row => inputs.Contains(new ValueTuple<string, string>(row.Text, row.Label)));
    }));

    [Fact]
    public void Each_class_is_shared_out_within_one_row() => Check.One(Runs, Prop.ForAll(Texts.Table().ToArbitrary(), table =>
    {
        using var folder = PreparedFolder.From(Texts.Csv(table), Recipe);
        foreach (IGrouping<string, DatasetRow> label in folder.AllRows().GroupBy(row => row.Label))
        {
            double test = folder.Rows(Split.Test).Count(row => row.Label == label.Key);
            double validation = folder.Rows(Split.Validation).Count(row => row.Label == label.Key);
            test.ShouldBeInRange(Math.Max(1, (label.Count() * 0.2) - 1), Math.Max(1, (label.Count() * 0.2) + 1));
            validation.ShouldBeInRange(Math.Max(1, (label.Count() * 0.2) - 1), Math.Max(1, (label.Count() * 0.2) + 1));
        }
    }));

    [Fact]
    public void The_same_drop_gives_the_same_bytes_with_one_thread_and_with_two() => Check.One(Runs.WithMaxTest(15), Prop.ForAll(Texts.Table().ToArbitrary(), table =>
    {
        byte[] drop = Texts.Csv(table);
        using var one = PreparedFolder.From(drop, Recipe, threads: 1);
        using var two = PreparedFolder.From(drop, Recipe, threads: 2);
        using var spilled = PreparedFolder.From(drop, Recipe, threads: 2, change: request => request with { MaxTextBytesInMemory = 100 });
        two.Hashes().ShouldBe(one.Hashes());
        spilled.Hashes().ShouldBe(one.Hashes());
    }));

    [Fact]
    public void Stable_splits_keep_every_text_where_it_was_when_rows_are_added() => Check.One(Runs, Prop.ForAll(Texts.Table().ToArbitrary(), Texts.Table().ToArbitrary(), (table, more) =>
    {
        DatasetRecipe recipe = Recipe with { Split = new SplitRecipe { Method = SplitMethod.Stable } };
        using var before = PreparedFolder.From(Texts.Csv([.. Enough(), .. table]), recipe);
        using var after = PreparedFolder.From(Texts.Csv([.. more, .. Enough(), .. table]), recipe);
        var splits = Enum.GetValues<Split>().SelectMany(split => after.Rows(split).Select(row => (row.Id, split))).ToDictionary(pair => pair.Id, pair => pair.split);
        foreach (Split split in Enum.GetValues<Split>())
        {
            // A text may vanish where new rows give its text other labels by majority, but it never moves.
            before.Rows(split).Where(row => splits.ContainsKey(row.Id)).ShouldAllBe(row => splits[row.Id] == split);
        }
    }));

    [Fact]
    public void A_drop_of_many_batches_is_the_same_with_any_number_of_threads()
    {
        var rows = Enumerable.Range(0, 12_000).Select(i => (
            Text: $"Row {i} says \"{(i % 3 == 0 ? "schön" : "fine")}\",\n{new string((char)('a' + (i % 26)), i % 200)}", Label: i % 4 < 3 ? "up" : "down"));
        byte[] drop = Texts.Csv(rows);

        using var one = PreparedFolder.From(drop, threads: 1);
        using var four = PreparedFolder.From(drop, threads: 4);

        one.Manifest.Rows.Train.ShouldBe(7_200);
        four.Hashes().ShouldBe(one.Hashes());
    }

    [Fact]
    public void The_order_of_the_file_does_not_matter_to_split_and_order()
    {
        var rows = Enumerable.Range(0, 300).Select(i => (Text: $"Text number {i}", Label: i % 3 == 0 ? "a" : "b")).ToList();

        using var forwards = PreparedFolder.From(Texts.Csv(rows));
        using var backwards = PreparedFolder.From(Texts.Csv(rows.AsEnumerable().Reverse()));

        backwards.Manifest.Files.ShouldBe(forwards.Manifest.Files);
    }

    private static IEnumerable<(string Text, string Label)> Enough() =>
        Enumerable.Range(0, 80).Select(i => ($"enough text number {i}", i % 2 == 0 ? "good" : "bad"));

    private static string Normalised(string text) => Encoding.UTF8.GetString(new TextIdentity().Normalise(Encoding.UTF8.GetBytes(text)));
}
