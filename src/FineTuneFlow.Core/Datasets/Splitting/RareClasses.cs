using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Classes with too few rows: refused, dropped or merged, as the recipe says.</summary>
internal static class RareClasses
{
    /// <returns>The classes concerned, with their rows.</returns>
    public static ImmutableArray<NamedCount> Apply(RowTable rows, List<string> labels, RareClassesRecipe recipe, string sourceName, string column)
    {
        long[] counts = Counts(rows, labels.Count);
        var rare = new List<int>();
        for (int l = 0; l < counts.Length; l++)
        {
            if (counts[l] > 0 && counts[l] < recipe.MinimumRows)
            {
                rare.Add(l);
            }
        }

        if (rare.Count == 0)
        {
            return [];
        }

        rare.Sort((a, b) => string.CompareOrdinal(labels[a], labels[b]));

        if (recipe.Action == RareClassAction.Fail)
        {
            string named = string.Join(", ", rare.Take(8).Select(l => string.Create(CultureInfo.InvariantCulture, $"{Shown(labels[l])} ({counts[l]})")));
            throw new FlowException(new Failure(
                FailureKind.InvalidInput,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{rare.Count} {(rare.Count == 1 ? "class has" : "classes have")} fewer than {recipe.MinimumRows} usable rows: {named}{(rare.Count > 8 ? " and more" : "")}"),
                "Collect more rows of them, or set dataset.rareClasses.action to drop or merge",
                new SourceLocation(sourceName, Column: column),
                Field: "dataset.rareClasses"));
        }

        int other = recipe.Action == RareClassAction.Merge ? IndexOf(labels, recipe.Other) : -1;
        var isRare = rare.ToHashSet();
        for (int i = 0; i < rows.Count; i++)
        {
            ref Row row = ref rows[i];
            if (row.Outcome != RowOutcome.Used || !isRare.Contains(row.Label))
            {
                continue;
            }

            if (other < 0)
            {
                row.Outcome = RowOutcome.RareClass;
            }
            else
            {
                row.Label = (ushort)other;
            }
        }

        return [.. rare.Select(l => new NamedCount(labels[l], counts[l]))];
    }

    public static long[] Counts(RowTable rows, int labels)
    {
        long[] counts = new long[labels];
        for (int i = 0; i < rows.Count; i++)
        {
            counts[rows[i].Label] += rows[i].Outcome == RowOutcome.Used ? 1 : 0;
        }

        return counts;
    }

    private static int IndexOf(List<string> labels, string name)
    {
        int index = labels.IndexOf(name);
        if (index < 0)
        {
            index = labels.Count;
            labels.Add(name);
        }

        return index;
    }

    /// <summary>What is long is no label but a text, taken for one by a recipe that names the wrong column; it must not go into history.</summary>
    private static string Shown(string label) =>
        label.Length <= 40 ? $"\"{label}\"" : string.Create(CultureInfo.InvariantCulture, $"one of {label.Length} characters");
}
