using System.Text.Json;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>What a service does not have is refused before anything is uploaded.</summary>
internal static class ProviderOffer
{
    /// <exception cref="FlowException">InvalidInput: the service does not train, or not in the tier.</exception>
    public static void Check(CandidateRecipe candidate, string model, ProviderFacts provider, ModelBook models)
    {
        if (candidate.Kind == CandidateKind.FineTune && !provider.Trains)
        {
            throw Refused(
                candidate,
                "provider",
                $"{provider.Name} does not offer supervised fine-tuning through this interface (profile {provider.Profile})",
                "Name another provider, or set kind to prompt to ask the model as it is");
        }

        if (candidate.Checkpoints is CheckpointUse.Best or CheckpointUse.All && provider.ServedCheckpoints < 2)
        {
            throw Refused(
                candidate,
                "checkpoints",
                $"{provider.Name} serves the finished model only, as far as is known (profile {provider.Profile}): its checkpoints cannot be asked",
                $"Leave checkpoints out, or set Providers__{provider.Name}__Profile__ServedCheckpoints to how many it serves");
        }

        if (candidate.Tier is { } tier && !provider.Tiers.IsDefaultOrEmpty && !provider.Tiers.Contains(tier))
        {
            throw Refused(
                candidate, "tier", $"{provider.Name} does not train in the tier {Word(tier)}", $"Use {string.Join(" or ", provider.Tiers.Select(Word))}, or leave the tier out");
        }

        if (candidate.Tier is { } asked && models.Find(provider.PriceKey, model)?.Tier is { } only && only != asked)
        {
            throw Refused(candidate, "tier", $"{provider.Name} trains {model} in the tier {Word(only)} only", "Leave the tier out");
        }
    }

    private static FlowException Refused(CandidateRecipe candidate, string field, string message, string remedy) =>
        new(new Failure(FailureKind.InvalidInput, message, remedy, Field: $"candidates.{candidate.Name}.{field}"));

    private static string Word(TrainingTier tier) => JsonNamingPolicy.CamelCase.ConvertName(tier.ToString());
}
