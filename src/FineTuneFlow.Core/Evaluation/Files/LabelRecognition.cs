using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Makes a <see cref="LabelSet"/> of the labels in files, where no recipe and manifest say what they are, with the tolerance
/// of a run: spellings of a label (case, white space, 1 and 1.0) are one label.</summary>
public static class LabelRecognition
{
    /// <summary>The labels that occur in the holdout or as an answer; of ordered ones the upper two fifths are good (4 and 5 of
    /// 1 to 5) unless <paramref name="given"/> says otherwise.</summary>
    /// <param name="holdout">At least one row.</param>
    /// <param name="predictions">Of all candidates.</param>
    /// <param name="given">Order and good labels, as in a recipe; empty: recognised. With an order only its labels are answers.</param>
    /// <param name="column">The name of the column of the true labels: whether numbers are a scale follows from it too.</param>
    public static LabelSet Of(IReadOnlyList<DatasetRow> holdout, IEnumerable<Prediction> predictions, LabelsRecipe given, string column = "label")
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string label in given.Order.Concat(MostFrequentFirst(holdout.Select(row => row.Label))))
        {
            names.TryAdd(Key(label, given), label);
        }

        if (given.Order.Length == 0)
        {
            foreach (string label in MostFrequentFirst(predictions.Select(prediction => prediction.Label).OfType<string>()))
            {
                names.TryAdd(Key(label, given), label);
            }
        }

        LabelSet set = LabelOrder.Of([.. names.Values], given, column).Labels;
        // Labels of the holdout that the given order forgot would make its rows unscorable without a word of why.
        set = set with { Names = [.. set.Names, .. names.Values.Where(label => !set.Names.Contains(label)).Order(StringComparer.Ordinal)] };
        return set.Ordered && set.Good.IsEmpty && set.Names.Length >= 3
            ? set with { Good = [.. set.Names.TakeLast(set.Names.Length * 2 / 5 is > 0 and var few ? few : 1)] }
            : set;
    }

    /// <summary>Rows with labels as the set writes them.</summary>
    public static IReadOnlyList<DatasetRow> Align(LabelSet labels, IReadOnlyList<DatasetRow> holdout, LabelsRecipe given)
    {
        Func<string, string> aligned = Alignment(labels, given);
        return [.. holdout.Select(row => row with { Label = aligned(row.Label) })];
    }

    /// <summary>Predictions with labels as the set writes them: other tools write "4.0" for "4".</summary>
    public static IReadOnlyList<Prediction> Align(LabelSet labels, IReadOnlyList<Prediction> predictions, LabelsRecipe given)
    {
        Func<string, string> aligned = Alignment(labels, given);
        return
        [
            .. predictions.Select(prediction => prediction with
            {
                Label = prediction.Label is { } label ? aligned(label) : null,
                Probabilities = prediction.Probabilities is { } probabilities && probabilities.Keys.Any(name => aligned(name) != name)
                    ? probabilities.GroupBy(pair => aligned(pair.Key), StringComparer.Ordinal)
                        .ToImmutableSortedDictionary(group => group.Key, group => group.Sum(pair => pair.Value), StringComparer.Ordinal)
                    : prediction.Probabilities,
            }),
        ];
    }

    private static Func<string, string> Alignment(LabelSet labels, LabelsRecipe given)
    {
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string name in labels.Names)
        {
            names.TryAdd(Key(name, given), name);
        }

        // The same few labels come again and again.
        var known = labels.Names.ToDictionary(name => name, name => name, StringComparer.Ordinal);
        return label =>
        {
            if (!known.TryGetValue(label, out string? name))
            {
                known[label] = name = names.GetValueOrDefault(Key(label, given), label);
            }

            return name;
        };
    }

    private static string Key(string label, LabelsRecipe given) => given.Merge ? LabelIdentity.Of(LabelReader.Tidy(label)) : label;

    private static IEnumerable<string> MostFrequentFirst(IEnumerable<string> labels) =>
        labels.GroupBy(label => label, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key.Length).ThenBy(group => group.Key.Count(char.IsUpper)).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.Key);
}
