namespace FineTuneFlow.Core.Recipes;

/// <summary>Rules of how rows are read, cleaned and split that go beyond the schema.</summary>
internal static class DatasetRules
{
    public static IEnumerable<RecipeProblem> Check(DatasetRecipe dataset)
    {
        SplitRecipe split = dataset.Split;
        if (split.Test + split.Validation >= 1)
        {
            yield return new("dataset.split", $"test {split.Test} and validation {split.Validation} leave nothing to train on", "Make their sum less than 1.");
        }

        bool byColumn = split.Method is SplitMethod.Column or SplitMethod.Group or SplitMethod.Time;
        if (byColumn && split.Column is null)
        {
            yield return new("dataset.split.method", $"the method {Camel(split.Method)} needs a column", "Add \"column\" to dataset.split.");
        }
        else if (!byColumn && split.Column is not null)
        {
            yield return new("dataset.split.column", $"the method {Camel(split.Method)} uses no column", "Remove \"column\", or set \"method\" to column, group or time.");
        }

        if (split.Values.Count > 0 && split.Method != SplitMethod.Column)
        {
            yield return new("dataset.split.values", "values only have a meaning with the method column", "Remove \"values\", or set \"method\" to column.");
        }

        if (dataset.Cleaning.MinCharacters > dataset.Cleaning.MaxCharacters)
        {
            yield return new("dataset.cleaning.minCharacters", "minCharacters is greater than maxCharacters", "Make it smaller.");
        }

        if (dataset.Label is { } label && dataset.Text.Contains(label))
        {
            yield return new("dataset.label", $"the column \"{label}\" is text and label at once", "A model would read the answer: name another column.");
        }

        for (int i = 0; i < dataset.Filters.Length; i++)
        {
            if (dataset.Filters[i].EqualTo.Count == 0 && dataset.Filters[i].NotEqualTo.Count == 0)
            {
                yield return new($"dataset.filters[{i}]", "the filter says neither equals nor notEquals", "Add one of them with a value.");
            }
        }
    }

    private static string Camel(SplitMethod method) => method.ToString().ToLowerInvariant();
}
