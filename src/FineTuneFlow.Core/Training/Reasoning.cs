using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;

namespace FineTuneFlow.Core.Training;

/// <summary>How long a model that thinks may think before it answers: the services' values of <c>reasoning_effort</c>, cheapest first,
/// and the tokens that each of them takes. Thinking counts against the answer's limit and is billed as output.</summary>
public static class Reasoning
{
    /// <summary>The value that turns thinking off, where a model offers it.</summary>
    public const string None = "none";

    /// <summary>Cheapest first.</summary>
    public static ImmutableArray<string> Efforts { get; } = [None, "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>Tokens to be left for thinking besides the answer's; 0 where there is none.</summary>
    /// <param name="effort">One of <see cref="Efforts"/>; null: the model does not think, as far as is known.</param>
    public static int Budget(string? effort) => effort switch
    {
        null or None => 0,
        "minimal" => 512,
        "low" => 2_048,
        "medium" => 8_192,
        "high" => 16_384,
        _ => 32_000,
    };

    /// <summary>Tokens that thinking is likely to take, of which only the upper bound is known for sure.</summary>
    /// <inheritdoc cref="Budget" path="/param"/>
    public static Estimate Tokens(string? effort) => effort switch
    {
        null or None => Estimate.Zero,
        "minimal" => new Estimate(0, 64, 512),
        "low" => new Estimate(20, 150, 2_048),
        "medium" => new Estimate(100, 500, 8_192),
        "high" => new Estimate(300, 1_500, 16_384),
        _ => new Estimate(600, 4_000, 32_000),
    };

    /// <summary>The cheapest of a model's values.</summary>
    /// <param name="offered">As a service or a table lists them, in any order.</param>
    /// <returns>Null where none of them is known.</returns>
    public static string? Cheapest(IReadOnlyCollection<string> offered) => Efforts.FirstOrDefault(offered.Contains);
}
