using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Order and good labels: from the recipe, or told from the labels and the name of their column. Numbers alone are not an
/// order: class codes are numbers too.</summary>
internal static class LabelOrder
{
    private static readonly string[][] Scales =
    [
        ["very negative", "negative", "neutral", "positive", "very positive"],
        ["bad", "neutral", "good"],
        ["low", "medium", "high"],
    ];

    /// <param name="labels">The labels that occur, each once.</param>
    /// <param name="recipe">What is given.</param>
    /// <param name="column">The name of the label's column; what it says decides whether numbers are a scale.</param>
    public static (LabelSet Labels, string Reason) Of(IReadOnlyCollection<string> labels, LabelsRecipe recipe, string column)
    {
        recipe = recipe with { Good = Good(labels, recipe) };
        if (recipe.Distances == LabelDistances.Values && labels.Any(label => ScaleValue.Of(label) is null))
        {
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"distances are to follow the labels' numbers, but \"{labels.First(label => ScaleValue.Of(label) is null)}\" is not a number",
                "Set dataset.labels.distances to ranks, or map the labels to numbers (dataset.labels.map)",
                Field: "dataset.labels.distances"));
        }

        bool? byValue = recipe.Distances == LabelDistances.Values ? true : null;
        if (recipe.Order.Length > 0)
        {
            // A label that no row has would have no class to be judged by.
            return (new LabelSet([.. recipe.Order.Where(labels.Contains)], true, [.. recipe.Good.Where(labels.Contains)]) { ByValue = byValue }, "order as in the recipe");
        }

        var unordered = new LabelSet([.. labels.Order(StringComparer.Ordinal)], false, recipe.Good);
        if (recipe.Ordered == false)
        {
            return (unordered, "no order, as in the recipe");
        }

        if (labels.All(label => ScaleValue.Of(label) is not null))
        {
            (LabelSet set, string reason) = Numbers(labels, recipe, column, unordered);
            return (set.Ordered ? set with { ByValue = byValue } : set, reason);
        }

        foreach (string[] scale in Scales)
        {
            ImmutableArray<string> ordered = [.. scale.SelectMany(s => labels.Where(l => l.Equals(s, StringComparison.OrdinalIgnoreCase)))];
            if (ordered.Length == labels.Count && (ordered.Length >= 3 || recipe.Ordered == true))
            {
                return (new LabelSet(ordered, true, recipe.Good), "the labels are a known scale: ordered from worst to best");
            }
        }

        return recipe.Ordered != true
            ? (unordered, "the labels have no order")
            : throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the labels are to be ordered, but their order cannot be told: {string.Join(", ", unordered.Names.Take(12))}",
                "List them from worst to best in dataset.labels.order",
                Field: "dataset.labels.ordered"));
    }

    private static (LabelSet Labels, string Reason) Numbers(
        IReadOnlyCollection<string> labels, LabelsRecipe recipe, string column, LabelSet unordered)
    {
        string[] sorted = [.. labels];
        Array.Sort(sorted, (a, b) => Number(a) == Number(b) ? string.CompareOrdinal(a, b) : Number(a).CompareTo(Number(b)));
        ImmutableArray<string> numbers = [.. sorted];
        string because = recipe.Ordered == true ? "as in the recipe"
            : ColumnName.SpeaksOfScale(column) ? "their column's name speaks of a scale"
            : ValuesSaySo(numbers, column) ? "they are values of a scale"
            : "";
        if (because.Length == 0)
        {
            return (
                unordered with { Names = numbers },
                "the labels are numbers, but neither they nor the name of their column speak of a scale: no order (dataset.labels.ordered: true gives them one)");
        }

        if (!recipe.Good.IsEmpty)
        {
            return (new LabelSet(numbers, true, recipe.Good), $"the labels are numbers: ordered, {because}; good as in the recipe");
        }

        return LooksLikeStars(numbers)
            ? (new LabelSet(numbers, true, [.. numbers.Where(n => Number(n) - Number(numbers[0]) >= 3)]),
                $"the labels look like star ratings: ordered, {because}; the top two of five count as good (dataset.labels.good sets it)")
            : (new LabelSet(numbers, true, []), $"the labels are numbers: ordered, {because}");
    }

    /// <summary>Halves, negative numbers and numbers with a unit ("4 stars") are not codes; 1 to 5 in a column of no certain meaning
    /// are stars, while 0 to 4 may be anything.</summary>
    private static bool ValuesSaySo(ImmutableArray<string> numbers, string column)
    {
        bool unit = numbers.All(label => LabelIdentity.Number(label) is null);
        bool scale = numbers.Any(label => Number(label) % 1 != 0) || (Number(numbers[0]) < 0 && Number(numbers[^1]) > 0);
        return unit || scale || (LooksLikeStars(numbers) && Number(numbers[0]) == 1 && !ColumnName.SpeaksOfClasses(column));
    }

    /// <summary>Whole numbers 1 to 5 or 0 to 4, both ends present.</summary>
    private static bool LooksLikeStars(ImmutableArray<string> numbers)
    {
        decimal first = Number(numbers[0]);
        return numbers.Length is >= 3 and <= 5 && first is 0 or 1 && Number(numbers[^1]) == first + 4
            && numbers.All(n => Number(n) % 1 == 0);
    }

    /// <summary>The good labels as the data spells them.</summary>
    private static ImmutableArray<string> Good(IReadOnlyCollection<string> labels, LabelsRecipe recipe)
    {
        var good = ImmutableArray.CreateBuilder<string>(recipe.Good.Length);
        foreach (string asked in recipe.Good)
        {
            string? found = labels.Contains(asked) || recipe.Order.Contains(asked) ? asked
                : recipe.Merge ? labels.FirstOrDefault(label => LabelIdentity.Of(label) == LabelIdentity.Of(asked))
                : null;
            good.Add(found ?? throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                $"the good label \"{asked}\" does not occur; the labels are {string.Join(", ", labels.Order(StringComparer.Ordinal).Take(12))}",
                "Correct dataset.labels.good",
                Field: "dataset.labels.good")));
        }

        return good.ToImmutable();
    }

    private static decimal Number(string label) => ScaleValue.Of(label)!.Value;
}
