using System.Globalization;

namespace FineTuneFlow.Core.Datasets.Profiling;

/// <summary>Findings about the classes: too few rows, unbalanced, labels that look alike to a model.</summary>
internal static class ClassFindings
{
    private const int FewForTraining = 50;
    private const int TooFewForTraining = 10;
    private const int SmallHoldout = 200;
    private const int Unbalanced = 5;
    private const int SharedStart = 3;

    public static IEnumerable<Finding> Of(ArrangedTable arranged, DatasetProfile profile)
    {
        SplitProfile train = profile.Splits[0];
        return TooFew(train)
            .Concat(Missing(profile))
            .Concat(Imbalance(train))
            .Concat(Rare(arranged))
            .Concat(SmallSplits(profile))
            .Concat(SharedStarts(profile.Labels));
    }

    private static IEnumerable<Finding> TooFew(SplitProfile train)
    {
        var few = train.Classes.Where(c => c.Count < FewForTraining).OrderBy(c => c.Count).ToList();
        if (few.Count > 0)
        {
            yield return new Finding(
                "few-rows-per-class",
                few[0].Count < TooFewForTraining ? FindingGrade.Necessary : FindingGrade.Advisable,
                few.Count,
                $"classes have fewer than {FewForTraining} training rows: {Named(few)}",
                "Collect more rows of them, merge them (dataset.labels.map) or drop them (dataset.rareClasses)",
                []);
        }
    }

    private static IEnumerable<Finding> Missing(DatasetProfile profile)
    {
        foreach (SplitProfile split in profile.Splits)
        {
            var missing = split.Classes.Where(c => c.Count == 0).ToList();
            if (missing.Count > 0)
            {
                yield return new Finding(
                    "class-missing-in-split",
                    FindingGrade.Necessary,
                    missing.Count,
                    $"classes have no row in {split.Split.ToString().ToLowerInvariant()}: {string.Join(", ", missing.Take(8).Select(c => c.Name))}",
                    "Use the stratified split, add rows, or drop the classes (dataset.rareClasses)",
                    []);
            }
        }
    }

    private static IEnumerable<Finding> Imbalance(SplitProfile train)
    {
        var present = train.Classes.Where(c => c.Count > 0).OrderBy(c => c.Count).ToList();
        if (present.Count > 1 && present[^1].Count >= Unbalanced * present[0].Count)
        {
            double ratio = (double)present[^1].Count / present[0].Count;
            yield return new Finding(
                "imbalance",
                FindingGrade.Advisable,
                present.Count,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"classes are unbalanced: {present[^1].Name} has {present[^1].Count} training rows, {present[0].Name} has {present[0].Count} ({ratio:0.#} to 1)"),
                "Judge by macro F1 besides accuracy; dataset.balance can undersample or oversample the training split",
                []);
        }
    }

    private static IEnumerable<Finding> Rare(ArrangedTable arranged)
    {
        if (!arranged.RareClasses.IsEmpty && arranged.Source.Plan.Recipe.RareClasses.Action != Recipes.RareClassAction.Fail)
        {
            yield return new Finding(
                "rare-classes",
                FindingGrade.Advisable,
                arranged.RareClasses.Length,
                $"classes had fewer than {arranged.Source.Plan.Recipe.RareClasses.MinimumRows} rows and were handled as the recipe says: {Named(arranged.RareClasses)}",
                "Nothing, or collect more rows of them",
                []);
        }
    }

    private static IEnumerable<Finding> SmallSplits(DatasetProfile profile)
    {
        if (profile.Splits[0].Rows < FewForTraining)
        {
            yield return new Finding(
                "few-training-rows",
                FindingGrade.Necessary,
                profile.Splits[0].Rows,
                $"rows for training in all; services take 10, but fewer than {FewForTraining} rarely teach anything",
                "Add rows",
                []);
        }

        if (profile.Splits[2].Rows < SmallHoldout)
        {
            yield return new Finding(
                "small-holdout",
                FindingGrade.Advisable,
                profile.Splits[2].Rows,
                "rows in the holdout: the 95 % interval of an accuracy will be several points wide to either side",
                "Add rows, or raise dataset.split.test",
                []);
        }
    }

    /// <summary>A model answers in tokens: where two labels begin alike, the first token may not tell them apart, so
    /// probabilities of single tokens say nothing.</summary>
    private static IEnumerable<Finding> SharedStarts(LabelSet labels)
    {
        var groups = labels.Names
            .GroupBy(name => name[..Math.Min(SharedStart, name.Length)].ToLowerInvariant())
            .Where(group => group.Count() > 1)
            .OrderByDescending(group => group.Count())
            .ToList();
        if (groups.Count > 0)
        {
            string examples = string.Join("; ", groups.Take(3).Select(g => string.Join(", ", g.Take(3))));
            yield return new Finding(
                "labels-begin-alike",
                FindingGrade.Advisable,
                groups.Sum(g => g.Count()),
                $"labels begin with the same characters and may share their first token: {examples}",
                "Map them to short distinct names or numbers (dataset.labels.map) if you want probabilities from one token",
                []);
        }
    }

    private static string Named(IReadOnlyList<NamedCount> classes) =>
        string.Join(", ", classes.Take(8).Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.Name} ({c.Count})")))
        + (classes.Count > 8 ? " and more" : "");
}
