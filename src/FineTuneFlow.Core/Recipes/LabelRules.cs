namespace FineTuneFlow.Core.Recipes;

/// <summary>Rules of labels, their order and their merging that go beyond the schema.</summary>
internal static class LabelRules
{
    public static IEnumerable<RecipeProblem> Check(LabelsRecipe labels)
    {
        if (labels.Order.Length == 1)
        {
            yield return new("dataset.labels.order", "there is only one label", "List all labels from worst to best.");
        }

        if (labels.Order.Length == 0)
        {
            yield break;
        }

        if (labels.Ordered == false)
        {
            yield return new("dataset.labels.ordered", "dataset.labels.order gives the labels an order, but ordered is false", "Remove \"order\" or \"ordered\".");
        }

        for (int i = 0; i < labels.Good.Length; i++)
        {
            if (NotInOrder(labels, labels.Good[i], $"dataset.labels.good[{i}]") is { } problem)
            {
                yield return problem;
            }
        }

        foreach ((string raw, string label) in labels.Map)
        {
            if (NotInOrder(labels, label, $"dataset.labels.map.{raw}") is { } problem)
            {
                yield return problem;
            }
        }

        if (labels.Order.All(label => labels.Good.Contains(label)))
        {
            yield return new("dataset.labels.good", "every label is good", "Leave at least one out of \"good\".");
        }
    }

    public static IEnumerable<RecipeProblem> Check(RareClassesRecipe rare, LabelsRecipe labels)
    {
        if (rare.Action == RareClassAction.Merge && labels.Order.Length > 0 && !labels.Order.Contains(rare.Other))
        {
            yield return new(
                "dataset.rareClasses.other",
                $"rare classes are merged into \"{rare.Other}\", which is not in dataset.labels.order",
                "Add it to the order, or leave the order out: a class of leftovers has no place on a scale.");
        }
    }

    private static RecipeProblem? NotInOrder(LabelsRecipe labels, string label, string path) => labels.Order.Contains(label)
        ? null
        : new RecipeProblem(path, $"\"{label}\" is not in dataset.labels.order", $"Use one of {string.Join(", ", labels.Order.Take(20))}.");
}
