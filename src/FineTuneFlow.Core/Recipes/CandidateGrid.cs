using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Turns lists of hyperparameters into candidates.</summary>
public static class CandidateGrid
{
    /// <summary>The recipe's candidates with at most one value a hyperparameter: one candidate a combination, in the recipe's
    /// order and the lists', named <c>gpt-e1-b8-lr0-5</c> after the hyperparameters that have several values; continuations with
    /// the system prompt of what they continue (<see cref="ContinuedPrompts"/>).</summary>
    /// <exception cref="FlowException">InvalidInput: an expanded name is too long or taken.</exception>
    public static ImmutableArray<CandidateRecipe> Expand(Recipe recipe)
    {
        var expanded = recipe.Candidates.SelectMany(Expand).ToImmutableArray();
        var taken = new HashSet<string>(BaselineGrid.Expand(recipe).Select(baseline => baseline.Name), StringComparer.Ordinal);
        foreach (CandidateRecipe candidate in expanded)
        {
            if (candidate.Name.Length > 40)
            {
                throw Refused($"the grid's candidate \"{candidate.Name}\" has a name of more than 40 characters", "Shorten the candidate's name.");
            }

            if (!taken.Add(candidate.Name))
            {
                throw Refused($"there are two candidates \"{candidate.Name}\" once the grids are expanded", "Rename one of them.");
            }
        }

        return ContinuedPrompts.Inherit(expanded);
    }

    /// <summary>Whether a hyperparameter has several values.</summary>
    public static bool IsGrid(CandidateRecipe candidate) =>
        candidate.Epochs.Count > 1 || candidate.BatchSize.Count > 1 || candidate.LearningRateMultiplier.Count > 1;

    /// <summary>One candidate a combination; the candidate itself where no hyperparameter has several values.</summary>
    public static IEnumerable<CandidateRecipe> Expand(CandidateRecipe candidate) => IsGrid(candidate) ? Combinations(candidate) : [candidate];

    private static IEnumerable<CandidateRecipe> Combinations(CandidateRecipe candidate) =>
        from epochs in Values(candidate.Epochs)
        from batch in Values(candidate.BatchSize)
        from rate in Values(candidate.LearningRateMultiplier)
        select candidate with
        {
            Name = candidate.Name + Suffix("e", candidate.Epochs, epochs) + Suffix("b", candidate.BatchSize, batch)
                + Suffix("lr", candidate.LearningRateMultiplier, rate),
            Epochs = epochs,
            BatchSize = batch,
            LearningRateMultiplier = rate,
        };

    internal static IEnumerable<OneOrMany<T>> Values<T>(OneOrMany<T> values) =>
        values.Count <= 1 ? [values] : values.Select(value => new OneOrMany<T>(value));

    internal static string Suffix<T>(string sign, OneOrMany<T> all, OneOrMany<T> chosen)
        where T : IConvertible =>
        all.Count <= 1 ? "" : "-" + sign + chosen[0].ToDecimal(CultureInfo.InvariantCulture).ToString("0.############", CultureInfo.InvariantCulture).Replace('.', '-');

    private static FlowException Refused(string message, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, message, remedy, Field: "candidates"));
}
