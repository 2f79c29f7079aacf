using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>Which labels are a scale, in which order they stand on it, and which of them are good, as a table.</summary>
public sealed class LabelOrderTests
{
    [Theory]
    // Five stars, all five or both ends of them: the top two of five are good.
    [InlineData("label", "5,3,1,4,2", true, "1,2,3,4,5", "4,5", "values of a scale")]
    [InlineData("label", "5,1,3", true, "1,3,5", "5", "values of a scale")]
    [InlineData("label", "5,4,1", true, "1,4,5", "4,5", "values of a scale")]
    [InlineData("stars", "4,3,2,1,0", true, "0,1,2,3,4", "3,4", "column's name")]
    [InlineData("stars", "5,1", true, "1,5", "", "column's name")]
    [InlineData("stars", "1,2,3,4,5,5.0", true, "1,2,3,4,5,5.0", "", "column's name")]
    [InlineData("stars", "1,2,3,4,5,6", true, "1,2,3,4,5,6", "", "column's name")]
    [InlineData("stars", "1,2,3,4", true, "1,2,3,4", "", "column's name")]
    [InlineData("stars", "2,3,4,5,6", true, "2,3,4,5,6", "", "column's name")]
    [InlineData("stars", "1,2,2.5,4,5", true, "1,2,2.5,4,5", "", "column's name")]
    [InlineData("stars", "1 star,2 stars,3 stars,4 stars,5 stars", true, "1 star,2 stars,3 stars,4 stars,5 stars", "4 stars,5 stars", "column's name")]
    // Numbers by value and not by their letters, equal ones by their letters.
    [InlineData("user_score", "100,50,9", true, "9,50,100", "", "column's name")]
    [InlineData("user_score", "1.0,2,01,1", true, "01,1,1.0,2", "", "column's name")]
    // Classes may be numbers too.
    [InlineData("topic", "1,2,3,4,5", false, "1,2,3,4,5", "", "no order")]
    [InlineData("label", "0,1,2,3,4", false, "0,1,2,3,4", "", "no order")]
    [InlineData("label", "1,2,3,4", false, "1,2,3,4", "", "no order")]
    [InlineData("label", "10,9", false, "9,10", "", "no order")]
    [InlineData("label", "1,2 stars", false, "1,2 stars", "", "no order")]
    [InlineData("label", "-2,-1,0", false, "-2,-1,0", "", "no order")]
    [InlineData("label", "0,1,2", false, "0,1,2", "", "no order")]
    // Halves, numbers on both sides of nothing, and units are no codes.
    [InlineData("label", "1,0.5", true, "0.5,1", "", "values of a scale")]
    [InlineData("label", "1,-1", true, "-1,1", "", "values of a scale")]
    [InlineData("label", "2 stars,1 star", true, "1 star,2 stars", "", "values of a scale")]
    [InlineData("topic", "2 stars,1 star", true, "1 star,2 stars", "", "values of a scale")]
    // Words of a known scale, three of them or more.
    [InlineData("label", "good,Bad,NEUTRAL", true, "Bad,NEUTRAL,good", "", "known scale")]
    [InlineData("label", "medium,high,low", true, "low,medium,high", "", "known scale")]
    [InlineData("label", "very positive,negative,neutral", true, "negative,neutral,very positive", "", "known scale")]
    [InlineData("label", "positive,very negative,very positive,negative,neutral", true, "very negative,negative,neutral,positive,very positive", "", "known scale")]
    [InlineData("label", "good,bad", false, "bad,good", "", "no order")]
    [InlineData("label", "good,bad,neutral,awful", false, "awful,bad,good,neutral", "", "no order")]
    [InlineData("label", "zebra,1,apple", false, "1,apple,zebra", "", "no order")]
    public void The_order_is_told_from_the_labels_and_the_name_of_their_column(string column, string labels, bool ordered, string names, string good, string reason)
    {
        (LabelSet set, string told) = LabelOrder.Of(labels.Split(','), new LabelsRecipe(), column);

        (set.Ordered, string.Join(',', set.Names), string.Join(',', set.Good), set.ByValue).ShouldBe((ordered, names, good, null));
        told.ShouldContain(reason);
    }

    [Theory]
    [InlineData("topic", "2,10,1", true, "1,2,10", "as in the recipe")]
    [InlineData("label", "good,bad", true, "bad,good", "known scale")]
    [InlineData("stars", "2,10,1", false, "1,10,2", "no order, as in the recipe")]
    [InlineData("label", "low,high,medium", false, "high,low,medium", "no order, as in the recipe")]
    public void The_recipe_says_whether_there_is_an_order(string column, string labels, bool ordered, string names, string reason)
    {
        (LabelSet set, string told) = LabelOrder.Of(labels.Split(','), new LabelsRecipe { Ordered = ordered }, column);

        (set.Ordered, string.Join(',', set.Names)).ShouldBe((ordered, names));
        told.ShouldContain(reason);
    }

    [Fact]
    public void An_order_of_the_recipe_is_taken_without_what_no_row_has()
    {
        (LabelSet set, string told) = LabelOrder.Of(["b", "c"], new LabelsRecipe { Order = ["d", "c", "b"], Good = ["d", "b"] }, "label");

        (set.Ordered, string.Join(',', set.Names), string.Join(',', set.Good)).ShouldBe((true, "c,b", "b"));
        told.ShouldBe("order as in the recipe");
    }

    [Theory]
    [InlineData("4.0,5.0,1.0,2.0,3.0", "5", "5.0")]
    [InlineData("1,2,3,4,5", "3,2", "3,2")]
    [InlineData("Positive,negative", "POSITIVE", "Positive")]
    [InlineData("negative,neutral,positive", "neutral", "neutral")]
    public void Good_labels_of_the_recipe_take_the_place_of_what_would_be_told(string labels, string good, string expected) =>
        string.Join(',', LabelOrder.Of(labels.Split(','), new LabelsRecipe { Good = [.. good.Split(',')] }, "stars").Labels.Good).ShouldBe(expected);

    [Fact]
    public void Good_labels_of_the_recipe_leave_the_order_and_the_spellings_as_they_are()
    {
        LabelOrder.Of(["2", "1", "3"], new LabelsRecipe { Good = ["3"] }, "stars").Labels.ShouldSatisfyAllConditions(
            set => (set.Ordered, string.Join(',', set.Names)).ShouldBe((true, "1,2,3")), set => set.Good.ShouldBe(["3"]));
        LabelOrder.Of(["yes", "Yes"], new LabelsRecipe { Good = ["Yes"], Merge = false }, "label").Labels.Good.ShouldBe(["Yes"]);
        LabelOrder.Of(["a"], new LabelsRecipe { Order = ["a"] }, "label").Labels.Ordered.ShouldBeTrue("also an order of one");
    }

    [Fact]
    public void A_good_label_that_does_not_occur_is_refused_with_up_to_twelve_that_do()
    {
        string[] labels = [.. Enumerable.Range(0, 13).Select(i => $"{(char)('a' + (12 - i))}")];

        Failure failure = FailureOf(labels, new LabelsRecipe { Good = ["a", "A", "z"] });
        FailureOf(["yes", "no"], new LabelsRecipe { Good = ["Yes"], Merge = false }).Message.ShouldContain("\"Yes\"");

        (failure.Kind, failure.Field, failure.Remedy).ShouldBe((FailureKind.InvalidInput, "dataset.labels.good", "Correct dataset.labels.good"));
        failure.Message.ShouldBe("the good label \"z\" does not occur; the labels are a, b, c, d, e, f, g, h, i, j, k, l");
    }

    [Fact]
    public void Labels_that_are_to_be_ordered_and_are_not_known_are_refused_with_up_to_twelve_of_them()
    {
        string[] labels = [.. Enumerable.Range(0, 13).Select(i => $"{(char)('a' + (12 - i))}")];

        Failure failure = FailureOf(labels, new LabelsRecipe { Ordered = true });

        (failure.Kind, failure.Field).ShouldBe((FailureKind.InvalidInput, "dataset.labels.ordered"));
        failure.Message.ShouldEndWith(": a, b, c, d, e, f, g, h, i, j, k, l");
        failure.Remedy!.ShouldContain("dataset.labels.order");
    }

    [Fact]
    public void Distances_by_value_need_numbers_and_an_order()
    {
        LabelsRecipe values = new() { Distances = LabelDistances.Values };

        LabelOrder.Of(["1", "2", "5"], values, "stars").Labels.ByValue.ShouldBe(true);
        LabelOrder.Of(["1", "2", "5"], values with { Order = ["5", "2", "1"] }, "topic").Labels.ByValue.ShouldBe(true);
        LabelOrder.Of(["1", "2", "7"], values, "topic").Labels.ByValue.ShouldBeNull();
        LabelOrder.Of(["1", "2", "7"], values with { Ordered = false }, "stars").Labels.ByValue.ShouldBeNull();
        Failure failure = FailureOf(["1", "many", "few"], values);
        (failure.Kind, failure.Field).ShouldBe((FailureKind.InvalidInput, "dataset.labels.distances"));
        failure.Message.ShouldContain("\"many\"");
        failure.Remedy!.ShouldContain("dataset.labels.map");
    }

    private static Failure FailureOf(string[] labels, LabelsRecipe recipe) =>
        Should.Throw<FlowException>(() => LabelOrder.Of(labels, recipe, "label")).Failure;
}
