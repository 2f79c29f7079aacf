using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Recipes;

/// <summary>What reading a recipe has given.</summary>
/// <param name="Recipe">Null where there are problems.</param>
/// <param name="Problems">Everything that is wrong, each with file, line, column, field and remedy; in the file's order by kind.</param>
public sealed record RecipeReading(Recipe? Recipe, ImmutableArray<Failure> Problems)
{
    /// <summary>All problems as one failure, placed at the first; null where there is none.</summary>
    public Failure? Summary => Problems switch
    {
        [] => null,
        [var only] => only,
        [var first, ..] => first with
        {
            Message = $"{Problems.Length} problems: {first.Message}{(first.Remedy is null ? "" : $" ({first.Remedy})")}; "
                + string.Join("; ", Problems.Skip(1).Select(p => $"line {p.Location?.Line}, column {p.Location?.Column}: {p.Message}{(p.Remedy is null ? "" : $" ({p.Remedy})")}")),
            Remedy = null,
        },
    };
}
