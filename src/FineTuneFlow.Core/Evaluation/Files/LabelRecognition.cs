using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Makes a <see cref="LabelSet"/> of the labels in files, where no recipe and manifest say what they are.</summary>
public static class LabelRecognition
{
    /// <summary>The labels of the holdout, and numbers that only predictions have where the labels are numbers. Numbers are ordered;
    /// of ordered ones the upper two fifths are good (4 and 5 of 1 to 5) unless <paramref name="given"/> says otherwise.</summary>
    /// <param name="holdout">At least one row.</param>
    /// <param name="predictions">Of all candidates.</param>
    /// <param name="given">Order and good labels, as in a recipe; empty: recognised.</param>
    public static LabelSet Of(IReadOnlyList<DatasetRow> holdout, IEnumerable<Prediction> predictions, LabelsRecipe given)
    {
        var labels = holdout.Select(row => row.Label).ToHashSet(StringComparer.Ordinal);
        if (given.Order.Length > 0)
        {
            labels.UnionWith(given.Order);
        }
        else if (labels.All(label => Number(label) is not null))
        {
            var numbers = labels.Select(label => Number(label)!.Value).ToHashSet();
            labels.UnionWith(predictions.Select(prediction => prediction.Label).OfType<string>()
                .Where(label => Number(label) is { } value && value % 1 == 0 && !label.Contains('.', StringComparison.Ordinal) && !numbers.Contains(value)));
        }

        LabelSet set = LabelOrder.Of(labels, given).Labels;
        // Labels of the holdout that the given order forgot would make its rows unscorable without a word of why.
        set = set with { Names = [.. set.Names, .. labels.Where(label => !set.Names.Contains(label)).Order(StringComparer.Ordinal)] };
        return set.Ordered && set.Good.IsEmpty && set.Names.Length >= 3
            ? set with { Good = [.. set.Names.TakeLast(set.Names.Length * 2 / 5 is > 0 and var few ? few : 1)] }
            : set;
    }

    /// <summary>Predictions with labels as the set writes them: other tools write "4.0" for "4".</summary>
    public static IReadOnlyList<Prediction> Align(LabelSet labels, IReadOnlyList<Prediction> predictions)
    {
        var known = labels.Names.ToHashSet(StringComparer.Ordinal);
        var byNumber = new Dictionary<double, string>();
        foreach (string name in labels.Names)
        {
            if (Number(name) is { } value)
            {
                byNumber.TryAdd(value, name);
            }
        }

        return
        [
            .. predictions.Select(prediction => prediction with
            {
                Label = prediction.Label is { } label ? Aligned(label) : null,
                Probabilities = prediction.Probabilities is { } probabilities && probabilities.Keys.Any(name => !known.Contains(name))
                    ? Sum(probabilities)
                    : prediction.Probabilities,
            }),
        ];

        string Aligned(string label) =>
            !known.Contains(label) && Number(label) is { } value && byNumber.TryGetValue(value, out string? name) ? name : label;

        ImmutableSortedDictionary<string, double> Sum(ImmutableSortedDictionary<string, double> probabilities) =>
            probabilities.GroupBy(pair => Aligned(pair.Key), StringComparer.Ordinal)
                .ToImmutableSortedDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal);
    }

    private static double? Number(string label) =>
        double.TryParse(label, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : null;
}
