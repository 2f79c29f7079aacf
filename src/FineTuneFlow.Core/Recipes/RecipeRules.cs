using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>What a schema cannot say: how the parts of a recipe must fit together.</summary>
internal sealed class RecipeRules
{
    /// <summary>The name under which <c>continueFrom</c> means the project's promoted model.</summary>
    public const string Champion = "champion";

    private readonly ImmutableArray<RecipeProblem>.Builder _problems = ImmutableArray.CreateBuilder<RecipeProblem>();

    public static ImmutableArray<RecipeProblem> Check(Recipe recipe)
    {
        var rules = new RecipeRules();
        if (RecipeSize.Of(recipe) is > RecipeSize.Most and var count)
        {
            rules.Add(
                "candidates",
                $"the recipe asks for {count:N0} candidates and baselines, its lists of hyperparameters multiplied; one run takes {RecipeSize.Most}",
                "Take values out of the lists, or divide it into several recipes.");
            return rules._problems.ToImmutable();
        }

        rules.Dataset(recipe.Dataset);
        rules.Names(recipe);
        for (int i = 0; i < recipe.Candidates.Length; i++)
        {
            rules.Candidate(recipe.Candidates[i], $"candidates[{i}]");
        }

        rules.Continuations(recipe.Candidates);
        rules._problems.AddRange(CheckpointRules.Check(recipe));
        for (int i = 0; i < recipe.Baselines.Length; i++)
        {
            rules._problems.AddRange(BaselineRules.Check(recipe.Baselines[i], $"baselines[{i}]"));
        }

        rules.Promotion(recipe);
        rules.Serving(recipe.Serving);
        return rules._problems.ToImmutable();
    }

    private void Serving(ServingRecipe serving)
    {
        foreach (string version in serving.Weights.Keys)
        {
            Version(version, $"serving.weights.{version}");
        }

        if (serving.Shadow is { } shadow)
        {
            Version(shadow, "serving.shadow");
        }

        if (serving.Weights.Values.Sum() is not 100 and var sum)
        {
            Add("serving.weights", $"the weights add up to {sum}", "Make them 100 in all: {\"champion\": 90, \"challenger\": 10}.");
        }
    }

    private void Version(string version, string path)
    {
        if (!ServingRecipe.IsVersion(version))
        {
            string[] known = [ServingRecipe.Champion, ServingRecipe.Previous, ServingRecipe.Challenger];
            Add(
                path,
                $"\"{version}\" names no version",
                NearestName.Of(version, known) is { } near ? $"Did you mean \"{near}\"?" : "Use champion, previous, challenger or a version's number.");
        }
    }

    private void Promotion(Recipe recipe)
    {
        string[] known =
        [
            .. recipe.Candidates.SelectMany(CandidateGrid.Expand).Select(candidate => candidate.Name), .. recipe.Baselines.Select(baseline => baseline.Name),
            .. EligibleModels.Kinds,
        ];
        for (int i = 0; i < recipe.Promotion.Eligible.Length; i++)
        {
            string name = recipe.Promotion.Eligible[i];
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                Add(
                    $"promotion.eligible[{i}]",
                    $"there is no candidate, baseline or kind \"{name}\"",
                    NearestName.Of(name, known) is { } near ? $"Did you mean \"{near}\"?" : $"Use one of {string.Join(", ", known.Distinct().Take(20))}.");
            }
        }
    }

    private void Dataset(DatasetRecipe dataset)
    {
        SplitRecipe split = dataset.Split;
        if (split.Test + split.Validation >= 1)
        {
            Add("dataset.split", $"test {split.Test} and validation {split.Validation} leave nothing to train on", "Make their sum less than 1.");
        }

        bool byColumn = split.Method is SplitMethod.Column or SplitMethod.Group or SplitMethod.Time;
        if (byColumn && split.Column is null)
        {
            Add("dataset.split.method", $"the method {Camel(split.Method)} needs a column", "Add \"column\" to dataset.split.");
        }
        else if (!byColumn && split.Column is not null)
        {
            Add("dataset.split.column", $"the method {Camel(split.Method)} uses no column", "Remove \"column\", or set \"method\" to column, group or time.");
        }

        if (split.Values.Count > 0 && split.Method != SplitMethod.Column)
        {
            Add("dataset.split.values", "values only have a meaning with the method column", "Remove \"values\", or set \"method\" to column.");
        }

        if (dataset.Cleaning.MinCharacters > dataset.Cleaning.MaxCharacters)
        {
            Add("dataset.cleaning.minCharacters", "minCharacters is greater than maxCharacters", "Make it smaller.");
        }

        if (dataset.Label is { } label && dataset.Text.Contains(label))
        {
            Add("dataset.label", $"the column \"{label}\" is text and label at once", "A model would read the answer: name another column.");
        }

        for (int i = 0; i < dataset.Filters.Length; i++)
        {
            if (dataset.Filters[i].EqualTo.Count == 0 && dataset.Filters[i].NotEqualTo.Count == 0)
            {
                Add($"dataset.filters[{i}]", "the filter says neither equals nor notEquals", "Add one of them with a value.");
            }
        }

        Labels(dataset.Labels);
        RareClassesRecipe rare = dataset.RareClasses;
        if (rare.Action == RareClassAction.Merge && dataset.Labels.Order.Length > 0 && !dataset.Labels.Order.Contains(rare.Other))
        {
            Add(
                "dataset.rareClasses.other",
                $"rare classes are merged into \"{rare.Other}\", which is not in dataset.labels.order",
                "Add it to the order, or leave the order out: a class of leftovers has no place on a scale.");
        }
    }

    private void Labels(LabelsRecipe labels)
    {
        if (labels.Order.Length == 1)
        {
            Add("dataset.labels.order", "there is only one label", "List all labels from worst to best.");
        }

        if (labels.Order.Length == 0)
        {
            return;
        }

        if (labels.Ordered == false)
        {
            Add("dataset.labels.ordered", "the labels have an order (dataset.labels.order) and shall have none", "Remove one of the two.");
        }

        for (int i = 0; i < labels.Good.Length; i++)
        {
            NotInOrder(labels, labels.Good[i], $"dataset.labels.good[{i}]");
        }

        foreach ((string raw, string label) in labels.Map)
        {
            NotInOrder(labels, label, $"dataset.labels.map.{raw}");
        }

        if (labels.Order.All(label => labels.Good.Contains(label)))
        {
            Add("dataset.labels.good", "every label is good", "Leave at least one out of \"good\".");
        }
    }

    private void NotInOrder(LabelsRecipe labels, string label, string path)
    {
        if (!labels.Order.Contains(label))
        {
            Add(path, $"\"{label}\" is not in dataset.labels.order", $"Use one of {string.Join(", ", labels.Order.Take(20))}.");
        }
    }

    private void Names(Recipe recipe)
    {
        if (recipe.Candidates.Length == 0 && recipe.Baselines.Length == 0)
        {
            Add("candidates", "there is neither a candidate nor a baseline", "Leave out \"candidates\" or \"baselines\" to get the default ones.");
        }

        var taken = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < recipe.Candidates.Length; i++)
        {
            foreach (CandidateRecipe one in CandidateGrid.Expand(recipe.Candidates[i]))
            {
                Name(one.Name, $"candidates[{i}]", taken);
            }
        }

        for (int i = 0; i < recipe.Baselines.Length; i++)
        {
            foreach (BaselineRecipe one in BaselineGrid.Expand(recipe.Baselines[i]))
            {
                Name(one.Name, $"baselines[{i}]", taken);
            }
        }
    }

    private void Name(string name, string path, Dictionary<string, string> taken)
    {
        if (name == Champion)
        {
            Add(path + ".name", "\"champion\" means the project's promoted model", "Choose another name.");
        }
        else if (name.Length > 40)
        {
            Add(path + ".name", $"the grid makes the name \"{name}\" of more than 40 characters", "Shorten the candidate's name.");
        }
        else if (!taken.TryAdd(name, path))
        {
            Add(path + ".name", $"the name \"{name}\" is taken by {taken[name]}", "Names are unique among candidates (grids expanded) and baselines: rename one.");
        }
    }

    private void Candidate(CandidateRecipe candidate, string path)
    {
        bool prompt = candidate.Kind == CandidateKind.Prompt;
        if (candidate.ContinueFrom is null)
        {
            if (candidate.Model is null)
            {
                Add(path, $"\"{candidate.Name}\" has neither a model nor continueFrom", prompt
                    ? "Name the model to ask, such as \"gpt-4.1-mini\"."
                    : "Name a base model, such as \"gpt-4.1-mini\", or the candidate to continue.");
            }

            if (candidate.Data == TrainingData.New)
            {
                Add(path + ".data", "only a continued model can be trained on new rows alone", "Remove \"data\", or add \"continueFrom\".");
            }
        }
        else if (prompt)
        {
            Add(path + ".continueFrom", "a prompted model is not trained, so it continues nothing", "Remove \"continueFrom\", or set \"kind\" to fineTune.");
        }
        else if (candidate.Model is not null)
        {
            Add(path + ".model", "continueFrom fixes the model", "Remove \"model\" or \"continueFrom\".");
        }

        if (!prompt && (candidate.Shots > 0 || candidate.ChainOfThought))
        {
            Add(path + (candidate.Shots > 0 ? ".shots" : ".chainOfThought"), "only a prompted model takes examples or thinks aloud", "Remove it, or set \"kind\" to prompt.");
        }

        if (prompt)
        {
            foreach ((string property, bool given) in new[]
            {
                ("epochs", candidate.Epochs.Count > 0), ("batchSize", candidate.BatchSize.Count > 0),
                ("learningRateMultiplier", candidate.LearningRateMultiplier.Count > 0), ("tier", candidate.Tier is not null),
            })
            {
                if (given)
                {
                    Add($"{path}.{property}", $"a prompted model is not trained, so it has no {property}", "Remove it, or set \"kind\" to fineTune.");
                }
            }
        }
    }

    private void Continuations(ImmutableArray<CandidateRecipe> candidates)
    {
        var byName = candidates.GroupBy(c => c.Name, StringComparer.Ordinal).ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        for (int i = 0; i < candidates.Length; i++)
        {
            CandidateRecipe candidate = candidates[i];
            string path = $"candidates[{i}].continueFrom";
            if (candidate.ContinueFrom is not { } parent || parent == Champion)
            {
                continue;
            }

            if (!byName.TryGetValue(parent, out CandidateRecipe? continued))
            {
                string? near = NearestName.Of(parent, byName.Keys.Where(name => name != candidate.Name).Append(Champion));
                Add(path, $"there is no candidate \"{parent}\"", near is null ? "Name another candidate of this recipe, or \"champion\"." : $"Did you mean \"{near}\"?");
            }
            else if (continued.Kind == CandidateKind.Prompt)
            {
                Add(path, $"\"{parent}\" is a prompted model, which is never trained", "Continue a candidate of kind fineTune.");
            }
            else if (CandidateGrid.IsGrid(continued))
            {
                Add(path, $"\"{parent}\" is a grid of several candidates", "Continue a candidate with one value for each hyperparameter: write the one you mean out as a candidate of its own.");
            }
            else if (candidate.Provider is not null && continued.Provider is not null && candidate.Provider != continued.Provider)
            {
                Add($"candidates[{i}].provider", $"\"{parent}\" is trained by {continued.Provider}, and a model cannot move to {candidate.Provider}", "Remove \"provider\".");
            }
            else if (Circle(candidate, byName) is { } circle)
            {
                Add(path, $"{circle} continue each other in a circle", "One of them must begin from a base model.");
            }
        }
    }

    private static string? Circle(CandidateRecipe start, Dictionary<string, CandidateRecipe> byName)
    {
        var passed = new List<string> { start.Name };
        for (string? next = start.ContinueFrom; next is not null && byName.TryGetValue(next, out CandidateRecipe? at); next = at.ContinueFrom)
        {
            if (next == start.Name)
            {
                return string.Join(" and ", passed);
            }

            if (passed.Contains(next))
            {
                return null;
            }

            passed.Add(next);
        }

        return null;
    }

    private static string Camel(SplitMethod method) => method.ToString().ToLowerInvariant();

    private void Add(string path, string message, string remedy) => _problems.Add(new RecipeProblem(path, message, remedy));
}

/// <summary>A rule that is broken, before its place in the file is known.</summary>
internal sealed record RecipeProblem(string Path, string Message, string Remedy);
