using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>Which versions answer, and how much of the traffic.</summary>
public sealed record ServingRecipe
{
    public const string Champion = "champion";
    public const string Previous = "previous";
    public const string Challenger = "challenger";

    /// <summary>Share of the traffic by version: champion, previous, challenger or a version's number; whole per cent, 100 in all.
    /// The share of a version that the project does not have goes to the champion.</summary>
    public ImmutableSortedDictionary<string, int> Weights { get; init; } = ImmutableSortedDictionary<string, int>.Empty.Add(Champion, 100);
    /// <summary>A version that is asked beside, without being answered with; null: none.</summary>
    public string? Shadow { get; init; }

    /// <summary>Whether a name means a version: one of the three names, or a number from 1.</summary>
    public static bool IsVersion(string name) =>
        name is Champion or Previous or Challenger || (int.TryParse(name, System.Globalization.NumberStyles.None, null, out int number) && number > 0);
}
