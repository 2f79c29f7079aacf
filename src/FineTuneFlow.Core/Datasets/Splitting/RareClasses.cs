using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Splitting;

/// <summary>Classes with too few rows: refused, dropped or merged, as the recipe says.</summary>
internal static class RareClasses
{
    /// <summary>Drops or merges them. Where they are to be refused they are dropped too, so that a check can show the rest, and
    /// <see cref="Question"/> stops a preparation.</summary>
    /// <returns>The classes concerned, with their rows.</returns>
    public static ImmutableArray<NamedCount> Apply(RowTable rows, List<string> labels, RareClassesRecipe recipe)
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

    /// <summary>What a person must decide about rare classes that the recipe says nothing about.</summary>
    public static Finding Question(ImmutableArray<NamedCount> rare, RareClassesRecipe recipe)
    {
        string named = string.Join(", ", rare.Take(8).Select(c => string.Create(CultureInfo.InvariantCulture, $"{Shown(c.Name)} ({c.Count})")));
        return new Finding(
            "rare-classes",
            FindingGrade.Necessary,
            rare.Length,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(rare.Length == 1 ? "class has" : "classes have")} fewer than {recipe.MinimumRows} usable rows: {named}{(rare.Length > 8 ? " and more" : "")}"),
            "Collect more rows of them, or set dataset.rareClasses.action to drop or merge",
            [])
        {
            AnsweredBy = "dataset.rareClasses.action",
        };
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

    /// <summary>What is long is a text, taken for a label because the wrong column was named; it must not go into history.</summary>
    private static string Shown(string label) =>
        label.Length <= 40 ? $"\"{label}\"" : string.Create(CultureInfo.InvariantCulture, $"one of {label.Length} characters");
}
