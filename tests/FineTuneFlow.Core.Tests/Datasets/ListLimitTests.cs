using System.Text;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>How much of a long list is shown, and who wins a tie.</summary>
public sealed class ListLimitTests
{
    [Theory]
    [InlineData(8, false)]
    [InlineData(9, true)]
    public void Of_many_rare_classes_eight_are_named(int rare, bool andMore)
    {
        var rows = Enumerable.Range(0, rare).Select(i => ($"a rare text with the number {i}", $"rare{i}"))
            .Concat(Enumerable.Range(0, 60).Select(i => ($"a plain text with the number {i}", i % 2 == 0 ? "a" : "b")));

        string message = PreparedFolder.FailureOf(Texts.Csv(rows)).Message;

        message.ShouldContain($"{rare} classes have fewer than 3 usable rows");
        message.Contains("\"rare7\" (1)", StringComparison.Ordinal).ShouldBeTrue();
        message.Contains("\"rare8\"", StringComparison.Ordinal).ShouldBeFalse();
        message.EndsWith(" and more", StringComparison.Ordinal).ShouldBe(andMore);
    }

    [Theory]
    [InlineData(2, RareClassAction.Drop, 58)]
    [InlineData(3, RareClassAction.Drop, 61)]
    [InlineData(2, RareClassAction.Merge, 62)]
    public void A_class_of_three_rows_is_not_rare(int rows, RareClassAction action, int used)
    {
        // 58 usual rows, the class in question, and two of another class that is rare in any case where classes are merged.
        var table = Enumerable.Range(0, 58).Select(i => ($"a plain text with the number {i}", i % 2 == 0 ? "a" : "b"))
            .Concat(Enumerable.Range(0, rows).Select(i => ($"a rare text with the number {i}", "rare")))
            .Concat(action == RareClassAction.Merge ? [("one more of them", "scarce"), ("two more of them", "scarce")] : []);

        using var folder = PreparedFolder.From(Texts.Csv(table), new DatasetRecipe { RareClasses = new RareClassesRecipe { Action = action } });

        folder.AllRows().Count.ShouldBe(used);
        folder.AllRows().Count(row => row.Label == "other").ShouldBe(action == RareClassAction.Merge ? 4 : 0);
    }

    [Fact]
    public void Of_many_conflicts_twenty_are_shown_with_their_first_lines_and_all_are_counted()
    {
        var csv = new StringBuilder("text,label\n");
        for (int i = 0; i < 25; i++)
        {
            csv.Append($"a disputed text with the number {i},a\na disputed text with the number {i},b\na disputed text with the number {i},b\n");
        }

        for (int i = 0; i < 60; i++)
        {
            csv.Append($"a plain text with the number {i},{(i % 2 == 0 ? "a" : "b")}\n");
        }

        DatasetProfile profile = Check(csv.ToString());

        profile.Duplicates.ConflictTexts.ShouldBe(25);
        profile.Duplicates.Conflicts.Length.ShouldBe(20);
        profile.Duplicates.Conflicts[0].ShouldSatisfyAllConditions(
            conflict => conflict.Kept.ShouldBe("b"),
            conflict => conflict.Labels.ShouldBe([new NamedCount("a", 1), new NamedCount("b", 2)]),
            conflict => conflict.Lines.ShouldBe([2L, 3L, 4L]));
    }

    [Fact]
    public void Conflicts_and_duplicates_are_listed_in_the_order_of_their_first_lines()
    {
        // The second text is met again before the first is.
        string[] lines = ["text one,a", "text two,a", "text two,b", "text three,a", "text one,b", "text four,a", "text four,a", "text three,a"];
        string plain = string.Concat(Enumerable.Range(0, 60).Select(i => $"a plain text with the number {i},{(i % 2 == 0 ? "a" : "b")}\n"));

        DatasetProfile profile = Check("text,label\n" + string.Concat(lines.Select(line => line + "\n")) + plain);

        profile.Duplicates.Conflicts.Select(conflict => conflict.Lines).ShouldBe([[2L, 6L], [3L, 4L]]);
        profile.Findings.Single(finding => finding.Code == "conflicting-labels").Lines.ShouldBe([2L, 3L]);
        profile.Findings.Single(finding => finding.Code == "duplicates").Lines.ShouldBe([9L, 8L]);
    }

    [Theory]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(11)]
    public void Of_many_lines_ten_are_listed_and_all_are_counted(int many)
    {
        // Each disputed text with a row of "b" that loses, and with as many rows as there are texts.
        string disputed = string.Concat(Enumerable.Range(0, many).Select(i => $"a disputed text with the number {i},b\n" + string.Concat(Enumerable.Repeat($"a disputed text with the number {i},a\n", many))));
        string plain = string.Concat(Enumerable.Range(0, 60).Select(i => $"a plain text with the number {i},{(i % 2 == 0 ? "a" : "b")}\n"));

        DatasetProfile profile = Check("text,label\n" + disputed + plain);

        // Rows of one text begin at lines 2, 3 + many ...; the third of each text is the first that repeats an earlier text and label.
        profile.Duplicates.ShouldSatisfyAllConditions(
            duplicates => duplicates.ConflictTexts.ShouldBe(many),
            duplicates => duplicates.ConflictRows.ShouldBe(many),
            duplicates => duplicates.Rows.ShouldBe(many * (many - 1)),
            duplicates => duplicates.Conflicts[0].Lines.ShouldBe(Enumerable.Range(2, Math.Min(many + 1, 10)).Select(line => (long)line)),
            duplicates => duplicates.Conflicts[0].Labels.ShouldBe([new NamedCount("b", 1), new NamedCount("a", many)]));
        profile.Findings.Single(finding => finding.Code == "conflicting-labels").Lines.ShouldBe(Enumerable.Range(0, Math.Min(many, 10)).Select(i => 2L + (i * (many + 1))));
        profile.Findings.Single(finding => finding.Code == "duplicates").Lines.ShouldBe(
            Enumerable.Range(0, many).SelectMany(i => Enumerable.Range(0, many - 1).Select(j => 4L + j + (i * (many + 1)))).Take(10));
    }

    [Theory]
    // The most frequent spelling; at a tie the shortest, then the one with the fewest capitals, then by the code of its letters.
    [InlineData("Good Good good", "Good")]
    [InlineData("Good good", "good")]
    [InlineData("GOOD Good", "Good")]
    [InlineData("good. good.", "good.")]
    [InlineData("gooD Good", "Good")]
    [InlineData("1.0 1", "1")]
    [InlineData("01 1", "1")]
    public void Of_the_spellings_of_a_label_one_becomes_the_class(string spellings, string expected)
    {
        string[] labels = spellings.Split(' ');
        var rows = Enumerable.Range(0, labels.Length * 12).Select(i => ($"a text with the number {i}", labels[i % labels.Length]))
            .Concat(Enumerable.Range(0, 40).Select(i => ($"another text with the number {i}", "2")));

        Check(Encoding.UTF8.GetString(Texts.Csv(rows))).Labels.Names.ShouldContain(expected);
    }

    [Fact]
    public void Undersampling_and_oversampling_meet_at_the_least_and_the_most_frequent_class()
    {
        // 20 % of each class go to test and to validation each: 6, 12 and 30 are left of 10, 20 and 50.
        var rows = Enumerable.Range(0, 80).Select(i => ($"a text with the number {i}", i < 10 ? "a" : i < 30 ? "b" : "c"));

        string Counts(Balance balance)
        {
            using var folder = PreparedFolder.From(Texts.Csv(rows), new DatasetRecipe { Balance = balance });
            var train = folder.Rows(Core.Datasets.Split.Train);
            return string.Join(' ', train.GroupBy(row => row.Label).OrderBy(group => group.Key).Select(group => $"{group.Key}{group.Count()}/{group.Select(row => row.Text).Distinct().Count()}"));
        }

        Counts(Balance.None).ShouldBe("a6/6 b12/12 c30/30");
        Counts(Balance.Undersample).ShouldBe("a6/6 b6/6 c6/6");
        Counts(Balance.Oversample).ShouldBe("a30/6 b30/12 c30/30");
    }

    private static DatasetProfile Check(string csv) => DatasetCheck.Check(
        "r.csv", () => new MemoryStream(Encoding.UTF8.GetBytes(csv)), new DatasetRecipe(), cancellation: TestContext.Current.CancellationToken).Profile;
}
