using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>The parts that splits are made of, against what the runtime's own collections do.</summary>
public sealed class RowPartsTests
{
    [Theory]
    [InlineData(0, 64)]
    [InlineData(1, 64)]
    [InlineData(2, 64)]
    [InlineData(5, 64)]
    [InlineData(1_000, 64)]
    [InlineData(5_000, 64)]
    [InlineData(1_000, 3)] // Keys of three bits: most are equal, and all lie in the first bucket.
    public void Keys_are_sorted_and_equal_ones_by_row(int count, int bits)
    {
        var random = new Random(count);
        ulong[] keys = [.. Enumerable.Range(0, count).Select(_ => bits == 64 ? (ulong)random.NextInt64(long.MinValue, long.MaxValue) : (ulong)random.Next(1 << bits))];
        int[] rows = [.. Enumerable.Range(0, count)];
        random.Shuffle(rows);
        (ulong Key, int Row)[] expected = [.. keys.Zip(rows).Order()];

        KeySort.Sort(keys, rows);

        keys.Zip(rows).ShouldBe(expected);
    }

    [Fact]
    public void Rows_of_every_block_are_read_back_with_their_keys()
    {
        // Blocks of 16,384 rows, and more than the sixteen for which there is room at first.
        const int Rows = (17 * 16_384) + 1;
        var table = new RowTable { HasSplitKeys = true };
        for (int i = 0; i < Rows; i++)
        {
            table.Add(new Row { Line = (uint)i + 1 }, i * 3L);
        }

        table.Count.ShouldBe(Rows);
        foreach (int i in (int[])[0, 1, 16_383, 16_384, 16_385, (16 * 16_384) - 1, 16 * 16_384, Rows - 1])
        {
            (table[i].Line, table.SplitKey(i)).ShouldBe(((uint)i + 1, i * 3L));
        }
    }

    [Theory]
    // Worked out in Python from the published constants of SplitMix64. A change would move the rows of everybody's holdout.
    [InlineData(0x0123456789ABCDEF, 0xFEDCBA9876543210, 42, Mixing.SplitStream, 0, 0xE85569413D4BD683, 0.9075532707477543)]
    [InlineData(0x0123456789ABCDEF, 0xFEDCBA9876543210, 42, Mixing.SplitStream, 2, 0x02F056BDC5BC4C32, 0.0114797795592817)]
    [InlineData(0x0123456789ABCDEF, 0xFEDCBA9876543210, 43, Mixing.SplitStream, 0, 0x404728F8B4E620C4, 0.25108581611575476)]
    [InlineData(0x0123456789ABCDEF, 0xFEDCBA9876543210, -1, Mixing.ShuffleStream, 0, 0x8F1507DF8927D5F3, 0.5589146538488017)]
    [InlineData(1, 2, 7, Mixing.BalanceStream, 1, 0x149238BE7632EC53, 0.08035616540855595)]
    public void The_numbers_that_place_a_row_are_the_same_in_every_version(ulong high, ulong low, int seed, ulong stream, int copy, ulong key, double unit)
    {
        Mixing.Key(new TextHash(high, low), seed, stream, copy).ShouldBe(key);
        Mixing.Unit(key).ShouldBe(unit);
    }

    [Fact]
    public void Script_and_split_of_a_row_leave_each_other_alone()
    {
        foreach (Core.Costs.Script script in Enum.GetValues<Core.Costs.Script>())
        {
            foreach (Split split in Enum.GetValues<Split>())
            {
                var row = new Row { Script = Core.Costs.Script.Other, Split = Split.Test };
                row.Script = script;
                (row.Script, row.Split).ShouldBe((script, Split.Test));
                row.Split = split;
                (row.Script, row.Split).ShouldBe((script, split));
                row.Script = Core.Costs.Script.ExtendedLatin;
                (row.Script, row.Split).ShouldBe((Core.Costs.Script.ExtendedLatin, split));
            }
        }
    }

    [Theory]
    // The row's number is 0.2511 by seed 43, as worked out above.
    [InlineData(0.26, 0.1, Split.Test)]
    [InlineData(0.25, 0.1, Split.Validation)]
    [InlineData(0.1, 0.16, Split.Validation)]
    [InlineData(0.1, 0.15, Split.Train)]
    public void A_stable_split_follows_from_the_rows_number(double test, double validation, Split expected)
    {
        var table = new RowTable();
        table.Add(new Row { Hash = new TextHash(0x0123456789ABCDEF, 0xFEDCBA9876543210) }, 0);

        new SplitAssignment(table, 1, new SplitRecipe { Method = SplitMethod.Stable, Test = test, Validation = validation, Seed = 43 }, [], threads: 1).Assign();

        table[0].Split.ShouldBe(expected);
    }

    [Fact]
    public void Whole_blocks_of_rows_are_gone_through_to_their_ends()
    {
        // Two labels are spellings of one, and the first row has the rarer one; another label is rare.
        string[] labels = ["GOOD", "good", "bad", "odd"];
        var table = new RowTable();
        for (int i = 0; i < 16_384; i++)
        {
            table.Add(new Row { Hash = new TextHash((ulong)i * 0x9E3779B97F4A7C15, (ulong)i), Label = (ushort)(i == 0 ? 0 : i == 16_383 ? 3 : 1 + (i % 2)) }, 0);
        }

        MergedLabel merged = LabelSpellings.Merge(table, labels).ShouldHaveSingleItem();
        RareClasses.Apply(table, [.. labels], new RareClassesRecipe { Action = RareClassAction.Drop }).ShouldBe([new("odd", 1)]);
        new SplitAssignment(table, 4, new SplitRecipe { Method = SplitMethod.Stable }, [], threads: 1).Assign();

        merged.Kept.ShouldBe(new("good", 8_191));
        merged.Others.ShouldBe([new("GOOD", 1)]);
        (table[0].Label, table[16_383].Outcome, table[16_382].Outcome).ShouldBe(((ushort)1, RowOutcome.RareClass, RowOutcome.Used));
        RareClasses.Counts(table, 4).ShouldBe([0, 8_192, 8_191, 0]);
    }

    [Fact]
    public void Groups_that_meet_become_one_whichever_is_the_older()
    {
        var table = new RowTable();
        for (int i = 0; i < 9; i++)
        {
            table.Add(new Row(), 0);
        }

        var groups = new RowGroups(table, SplitMethod.Stratified, keepsConflicts: false, [.. Enumerable.Repeat(-1, 9)], near: true);
        groups.Join(6, 1);
        groups.Join(7, 3);
        groups.Join(6, 7); // The older group is named first.
        groups.Join(8, 4);
        groups.Join(8, 2); // And last.

        groups.AreTogether(1, 3).ShouldBeTrue();
        groups.AreTogether(1, 2).ShouldBeFalse();
        groups.Together().ShouldBe([[1, 3, 6, 7], [2, 4, 8]]);
    }

    [Fact]
    public void What_is_kept_of_a_text_to_compare_it_is_not_taken_for_another_texts()
    {
        // 4,096 texts are kept, by the rest of their row: row 4,098 comes where row 2 was kept.
        var random = new Random(1);
        string[] texts = [.. Enumerable.Range(0, 4_100).Select(_ => $"{random.Next():x8} {random.Next():x8} {random.Next():x8} {random.Next():x8}")];
        (texts[2], texts[5]) = (Alike("one", ""), Alike("one", "!"));
        (texts[10], texts[4_098]) = (Alike("two", ""), Alike("two", "!"));
        var rows = texts.Select((text, i) => (text, i % 2 == 0 ? "a" : "b"));

        Core.Datasets.Profiling.DatasetProfile profile = Core.Datasets.Preparation.DatasetCheck.Check(
            "r.csv", () => new MemoryStream(Texts.Csv(rows)), new() { Duplicates = new() { Near = new() } }, cancellation: TestContext.Current.CancellationToken).Profile;

        // The header is line 1.
        Core.Datasets.Profiling.Finding near = profile.Findings.Single(finding => finding.Code == "near-duplicates");
        near.Count.ShouldBe(4);
        near.Lines.ShouldBe([4L, 7L, 12L, 4_100L]);
    }

    private static string Alike(string word, string end) =>
        string.Join(' ', Enumerable.Range(0, 12).Select(i => $"{word}{i * i}")) + " is what the text says, and it says it at such length that a letter more or less is nothing" + end;

    [Theory]
    [InlineData("4", 4.0)]
    [InlineData("4.5", 4.5)]
    [InlineData("4 stars", 4.0)]
    [InlineData("1 star", 1.0)]
    [InlineData("4/5", 4.0)]
    [InlineData("4 out of 5", 4.0)]
    [InlineData("7 points", 7.0)]
    [InlineData("★★★★", 4.0)]
    [InlineData("★★☆☆☆", 2.0)]
    [InlineData("⭐⭐", 2.0)]
    [InlineData("★★★★★★★★★★", 10.0)]
    [InlineData("★★★★★★★★★★★", null)]
    [InlineData("", null)]
    [InlineData("four", null)]
    [InlineData("4 apples", null)]
    [InlineData("★a", null)]
    [InlineData("★", 1.0)]
    public void A_label_has_a_place_on_a_scale_where_it_is_a_number(string label, double? value) =>
        ScaleValue.Of(label).ShouldBe((decimal?)value);
}
