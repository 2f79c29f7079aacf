using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>From a cell to a label, to the labels of a list, to a split, group or time.</summary>
public sealed class LabelReadingTests
{
    [Theory]
    [InlineData("Good", "Used", "Good")]
    [InlineData("  very \t good ", "Used", "very good")]
    [InlineData("so\u0007ft\u200bly", "Used", "softly")]
    [InlineData("a\u0001 b", "Used", "a b")]
    [InlineData("", "EmptyLabel", "no label")]
    [InlineData(" \u200b ", "EmptyLabel", "no label")]
    [InlineData("[]", "EmptyLabel", "no label")]
    [InlineData("[ , ]", "EmptyLabel", "no label")]
    [InlineData("NaN", "EmptyLabel", "\"NaN\" stands for a missing label")]
    [InlineData("N/A", "EmptyLabel", "\"N/A\" stands for a missing label")]
    [InlineData("None", "EmptyLabel", "\"None\" stands for a missing label")]
    [InlineData("none", "Used", "none")]
    [InlineData("NONE", "Used", "NONE")]
    [InlineData("['good']", "Used", "good")]
    [InlineData("[\"a\", \"b\"]", "SeveralLabels", "2 labels: a, b")]
    [InlineData("[1,2,3,4,5,6,7,8,9]", "SeveralLabels", "9 labels: 1, 2, 3, 4, 5, 6, 7, 8")]
    [InlineData("a;b", "Used", "a;b")]
    public void A_cell_is_a_label_or_says_why_it_is_none(string cell, string outcome, string told) => Read(cell, new LabelsRecipe()).ShouldBe((outcome, told));

    [Theory]
    [InlineData("a; b", SeveralLabels.First, "Used", "a")]
    [InlineData("a;b", SeveralLabels.Combine, "Used", "a; b")]
    [InlineData("a;b", SeveralLabels.Reject, "SeveralLabels", "2 labels: a, b")]
    [InlineData("a|b", SeveralLabels.First, "Used", "a")]
    [InlineData("a,b", SeveralLabels.First, "Used", "a")]
    [InlineData("a,b;c", SeveralLabels.First, "Used", "a,b")] // Of several separators the first of ; | , counts.
    [InlineData("a,b|c", SeveralLabels.First, "Used", "a,b")]
    [InlineData(";a;;", SeveralLabels.First, "Used", ";a;;")] // one label with separators around it is one label
    [InlineData("[\"b\", 'a', c d]", SeveralLabels.Combine, "Used", "b; a; c d")]
    [InlineData("['a', 'a']", SeveralLabels.Reject, "Used", "a")]
    [InlineData("['a, b']", SeveralLabels.Reject, "Used", "a, b")]
    [InlineData("['a", SeveralLabels.Reject, "Used", "['a")]
    [InlineData("['a]", SeveralLabels.Reject, "Used", "['a]")]
    [InlineData("[\"it's\"]", SeveralLabels.First, "Used", "it's")]
    [InlineData("[a]b", SeveralLabels.First, "Used", "[a]b")]
    [InlineData("[null]", SeveralLabels.First, "EmptyLabel", "\"null\" stands for a missing label")]
    public void Several_labels_are_what_the_recipe_makes_of_them(string cell, SeveralLabels several, string outcome, string told) =>
        Read(cell, new LabelsRecipe { Several = several }).ShouldBe((outcome, told));

    [Theory]
    [InlineData("ONE", "Used", "1")]
    [InlineData(" one ", "Used", "1")]
    [InlineData("1.0", "Used", "1")]
    [InlineData("nan", "Used", "2")] // mapped, and so not missing
    [InlineData("x", "UnknownLabel", "label \"x\" is not one of 1, 2, null")]
    [InlineData("null", "Used", "null")] // one of the order, and so not missing
    [InlineData("three", "UnknownLabel", "label \"3\" is not one of 1, 2, null")]
    [InlineData("[\"one\"]", "Used", "1")]
    [InlineData("n/a", "EmptyLabel", "\"n/a\" stands for a missing label")]
    public void A_label_is_mapped_before_it_is_looked_for_in_the_order(string cell, string outcome, string told)
    {
        var map = ImmutableSortedDictionary<string, string>.Empty.Add("one", "1").Add("nan", "2").Add("three", "3");

        Read(cell, new LabelsRecipe { Order = ["1", "2", "null"], Map = map }).ShouldBe((outcome, told));
    }

    [Fact]
    public void Where_spellings_are_not_merged_a_label_is_met_as_it_is_written()
    {
        var recipe = new LabelsRecipe { Merge = false, Order = ["Good", "bad"], Map = ImmutableSortedDictionary<string, string>.Empty.Add("fine", "Good") };

        Read("Good", recipe).ShouldBe(("Used", "Good"));
        Read("good", recipe).ShouldBe(("UnknownLabel", "label \"good\" is not one of Good, bad"));
        Read("fine", recipe).ShouldBe(("Used", "Good"));
        Read("Fine", recipe).Outcome.ShouldBe("UnknownLabel");
    }

    [Fact]
    public void Of_a_long_order_twelve_labels_are_named() =>
        Read("x", new LabelsRecipe { Order = [.. Enumerable.Range(1, 13).Select(i => $"l{i}")] }).Told
            .ShouldBe("label \"x\" is not one of l1, l2, l3, l4, l5, l6, l7, l8, l9, l10, l11, l12");

    [Theory]
    [InlineData(200, "a", "Used")]
    [InlineData(201, "a", "UnknownLabel")]
    [InlineData(200, "😀", "UnknownLabel")] // two UTF-16 characters each
    [InlineData(100, "😀", "Used")]
    [InlineData(801, "a", "UnknownLabel")]
    [InlineData(200, "é", "Used")]
    public void A_label_has_at_most_two_hundred_characters(int length, string letter, string outcome)
    {
        (string Outcome, string Told) read = Read(string.Concat(Enumerable.Repeat(letter, length)), new LabelsRecipe());

        read.Outcome.ShouldBe(outcome);
        if (outcome != "Used")
        {
            read.Told.ShouldBe("longer than 200 characters: a text, not a label");
        }
    }

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("1", "1e0", true)]
    [InlineData("+1", "01", true)]
    [InlineData("-1", "-1.00", true)]
    [InlineData(".5", "0.50", true)]
    [InlineData("1", "-1", false)]
    [InlineData("1", "1 star", false)]
    [InlineData("1", "10", false)]
    [InlineData("0", "-0", true)]
    [InlineData("", "0", false)]
    [InlineData("Ａ１！～", "a1!~", true)] // full width
    [InlineData("＠", "@", true)]
    [InlineData("１．０", "1", true)]
    [InlineData("GROẞ", "gross", true)]
    [InlineData("İ", "i", true)]
    [InlineData("ı", "I", true)]
    [InlineData("ΣΑΣ", "σας", true)]
    [InlineData("µ", "μ", true)]
    [InlineData("é", "e", false)]
    [InlineData("a\u200db", "ab", true)]
    [InlineData("✔\ufe0f", "✔", true)]
    [InlineData("｠", "!", false)] // the first character behind the full-width forms
    public void Spellings_of_one_label_are_told_from_others(string one, string other, bool same) => (LabelIdentity.Of(one) == LabelIdentity.Of(other)).ShouldBe(same);

    [Theory]
    [InlineData("train", 0)]
    [InlineData("Training", 0)]
    [InlineData(" valid\t", 1)]
    [InlineData("validation", 1)]
    [InlineData("val", 1)]
    [InlineData("DEV", 1)]
    [InlineData("test", 2)]
    [InlineData("testing", 2)]
    [InlineData("holdout", 2)]
    [InlineData("eval", null)]
    [InlineData("", null)]
    public void A_split_column_names_splits_by_their_usual_names(string cell, int? split) =>
        Key(cell, SplitMethod.Column).ShouldBe(split is null ? null : (long)(split switch { 0 => Split.Train, 1 => Split.Validation, _ => Split.Test }));

    [Fact]
    public void A_recipe_that_names_the_splits_names_all_of_them()
    {
        var values = ImmutableSortedDictionary<string, string>.Empty.Add("A", "train").Add("b", "Test");

        Key("a", SplitMethod.Column, values).ShouldBe((long)Split.Train);
        Key("B", SplitMethod.Column, values).ShouldBe((long)Split.Test);
        Key("train", SplitMethod.Column, values).ShouldBeNull();
        var reader = new SplitValueReader(new SplitRecipe { Method = SplitMethod.Column, Column = "part", Values = values });
        reader.Expectation("part").ShouldBe("column part holds none of A, b (dataset.split.values)");
        Should.Throw<FineTuneFlow.Core.Failures.FlowException>(() => Key("a", SplitMethod.Column, values.Add("c", "holdout"))).Failure.Field.ShouldBe("dataset.split.values.c");
    }

    [Fact]
    public void Rows_of_one_group_have_one_key_and_those_of_another_another()
    {
        Key("shop 1", SplitMethod.Group).ShouldBe(Key(" shop 1\r", SplitMethod.Group));
        Key("shop 1", SplitMethod.Group).ShouldNotBe(Key("shop 2", SplitMethod.Group));
        Key(new string('g', 1000), SplitMethod.Group).ShouldNotBeNull();
        Key(new string('g', 1001), SplitMethod.Group).ShouldBeNull();
        Key(" \t\r\n", SplitMethod.Group).ShouldBeNull();
        new SplitValueReader(new SplitRecipe { Method = SplitMethod.Group }).Expectation("shop").ShouldBe("column shop is empty");
    }

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00Z")]
    [InlineData("2026-01-31T08:15:00Z", "2026-01-31T08:15:00Z")]
    [InlineData("2026-01-31T08:15:00+02:00", "2026-01-31T06:15:00Z")]
    [InlineData("2026-01-31 08:15", "2026-01-31T08:15:00Z")]
    public void A_time_is_read_with_its_zone_and_in_UTC_without_one(string cell, string expected) =>
        Key(cell, SplitMethod.Time).ShouldBe(DateTimeOffset.Parse(expected, CultureInfo.InvariantCulture).UtcTicks);

    [Fact]
    public void Numbers_of_seconds_are_in_their_order()
    {
        string[] seconds = ["-1e300", "-1", "0", "1700000000", "1700000000.5", "1700000001", "1e300"];

        seconds.Select(cell => Key(cell, SplitMethod.Time).ShouldNotBeNull()).ShouldBeInOrder(SortDirection.Ascending);
        seconds[1..^1].Select(cell => Key(cell, SplitMethod.Time)).Distinct().Count().ShouldBe(5);
        Key("soon", SplitMethod.Time).ShouldBeNull();
        Key("NaN", SplitMethod.Time).ShouldBeNull();
        Key("Infinity", SplitMethod.Time).ShouldBeNull();
        new SplitValueReader(new SplitRecipe { Method = SplitMethod.Time }).Expectation("day")
            .ShouldBe("column day holds no date such as 2026-01-31 or 2026-01-31T08:15:00Z");
    }

    private static long? Key(string cell, SplitMethod method, ImmutableSortedDictionary<string, string>? values = null)
    {
        var reader = new SplitValueReader(new SplitRecipe { Method = method, Column = "c", Values = values ?? ImmutableSortedDictionary<string, string>.Empty });
        return reader.TryRead(Encoding.UTF8.GetBytes(cell), out long key) ? key : null;
    }

    private static (string Outcome, string Told) Read(string cell, LabelsRecipe recipe)
    {
        RowOutcome outcome = new LabelReader(recipe).Read(Encoding.UTF8.GetBytes(cell), out string label, out string detail);
        return (outcome.ToString(), outcome == RowOutcome.Used ? label : detail);
    }
}
