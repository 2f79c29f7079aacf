using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Order and good labels: from the recipe, or told from the labels where they are numbers or star ratings.</summary>
internal static class LabelOrder
{
    private static readonly string[][] Scales =
    [
        ["very negative", "negative", "neutral", "positive", "very positive"],
        ["bad", "neutral", "good"],
        ["low", "medium", "high"],
    ];

    public static (LabelSet Labels, string Reason) Of(IReadOnlyCollection<string> labels, LabelsRecipe recipe)
    {
        foreach (string good in recipe.Good)
        {
            if (!labels.Contains(good) && !recipe.Order.Contains(good))
            {
                throw new FlowException(new Failure(
                    FailureKind.InvalidInput,
                    $"the good label \"{good}\" does not occur; the labels are {string.Join(", ", labels.Order(StringComparer.Ordinal).Take(12))}",
                    "Correct dataset.labels.good",
                    Field: "dataset.labels.good"));
            }
        }

        if (recipe.Order.Length > 0)
        {
            // A label that no row has would have no class to be judged by.
            return (new LabelSet([.. recipe.Order.Where(labels.Contains)], true, [.. recipe.Good.Where(labels.Contains)]), "order as in the recipe");
        }

        if (labels.All(IsNumber))
        {
            string[] sorted = [.. labels];
            Array.Sort(sorted, (a, b) => Number(a) == Number(b) ? string.CompareOrdinal(a, b) : Number(a).CompareTo(Number(b)));
            ImmutableArray<string> numbers = [.. sorted];
            if (!recipe.Good.IsEmpty)
            {
                return (new LabelSet(numbers, true, recipe.Good), "the labels are numbers: ordered; good as in the recipe");
            }

            return LooksLikeStars(numbers)
                ? (new LabelSet(numbers, true, [.. numbers.Where(n => Number(n) - Number(numbers[0]) >= 3)]),
                    "the labels look like star ratings: ordered, the top two of five count as good (dataset.labels.good sets it)")
                : (new LabelSet(numbers, true, []), "the labels are numbers: ordered");
        }

        foreach (string[] scale in Scales)
        {
            ImmutableArray<string> ordered = [.. scale.SelectMany(s => labels.Where(l => l.Equals(s, StringComparison.OrdinalIgnoreCase)))];
            if (ordered.Length == labels.Count && ordered.Length >= 3)
            {
                return (new LabelSet(ordered, true, recipe.Good), "the labels are a known scale: ordered from worst to best");
            }
        }

        return (new LabelSet([.. labels.Order(StringComparer.Ordinal)], false, recipe.Good), "the labels have no order");
    }

    /// <summary>Whole numbers 1 to 5 or 0 to 4, both ends present.</summary>
    private static bool LooksLikeStars(ImmutableArray<string> numbers)
    {
        double first = Number(numbers[0]);
        return numbers.Length is >= 3 and <= 5 && first is 0 or 1 && Number(numbers[^1]) == first + 4
            && numbers.All(n => Number(n) % 1 == 0);
    }

    private static bool IsNumber(string label) =>
        double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value);

    private static double Number(string label) => double.Parse(label, CultureInfo.InvariantCulture);
}
