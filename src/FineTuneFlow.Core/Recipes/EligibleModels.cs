using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

/// <summary>What <c>promotion.eligible</c> may say besides the names of candidates and baselines.</summary>
public static class EligibleModels
{
    public const string Linear = "linear";
    public const string Encoder = "encoder";
    public const string Prompt = "prompt";
    public const string FineTune = "fineTune";

    public static ImmutableArray<string> Kinds { get; } = [Linear, Encoder, Prompt, FineTune];
}
