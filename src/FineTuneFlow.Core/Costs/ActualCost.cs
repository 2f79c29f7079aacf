using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>Prices what was really used.</summary>
public static class ActualCost
{
    /// <summary>Cost of a candidate from what its provider has counted.</summary>
    public static CandidateCost Of(Usage usage, PriceBook? prices = null)
    {
        PriceBook book = prices ?? PriceBook.Default;
        Estimate? training = usage.TrainedTokens > 0 ? book.Training(usage.PriceKey, usage.Model, usage.Tier) : Estimate.Zero;
        bool asked = usage.PromptTokens > 0 || usage.CompletionTokens > 0;
        AskingPrice? asking = asked ? book.Asking(usage.PriceKey, usage.Model, usage.Tuned, usage.Batch) : new AskingPrice(0, 0);
        return new CandidateCost
        {
            TrainedTokens = usage.TrainedTokens,
            TrainingUsd = (usage.TrainedTokens ?? 0) * (training?.Likely ?? 0) / 1e6,
            EvaluationPromptTokens = usage.PromptTokens,
            EvaluationCompletionTokens = usage.CompletionTokens,
            EvaluationUsd = asking?.Usd(usage.PromptTokens ?? 0, usage.CompletionTokens ?? 0) ?? 0,
            Asking = asked ? asking : null,
            HostingUsd = (usage.HostingHours ?? 0) * (usage.HostingUsdPerHour ?? book.HostingPerHour(usage.PriceKey, usage.Tier)),
            HostingHours = usage.HostingHours,
            Simulated = usage.Simulated,
            Unpriced = training is null || asking is null,
        };
    }

    /// <summary>Cost of a container job; <see cref="CandidateCost.HostingHours"/> holds its hours.</summary>
    /// <param name="machine">The machine's name in the price book.</param>
    /// <param name="time">How long it ran, start and download included.</param>
    /// <param name="prices">Null: the built-in ones.</param>
    public static CandidateCost OfContainer(string machine, TimeSpan time, PriceBook? prices = null)
    {
        MachinePrice? price = (prices ?? PriceBook.Default).Machine(machine);
        return new CandidateCost { HostingHours = time.TotalHours, HostingUsd = time.TotalHours * (price?.UsdPerHour ?? 0), Unpriced = price is null };
    }
}

/// <summary>What a provider has counted for a candidate; null: not told, or not done.</summary>
public sealed record Usage
{
    /// <summary>The provider's section in the price book.</summary>
    public required string PriceKey { get; init; }
    /// <summary>The base or tuned model's name.</summary>
    public required string Model { get; init; }
    /// <summary>Asked after fine-tuning.</summary>
    public required bool Tuned { get; init; }
    public bool Simulated { get; init; }
    public bool Batch { get; init; }
    public TrainingTier? Tier { get; init; }
    /// <summary>As the job tells it: epochs are in it.</summary>
    public long? TrainedTokens { get; init; }
    public long? PromptTokens { get; init; }
    public long? CompletionTokens { get; init; }
    public double? HostingHours { get; init; }
    /// <summary>Null: the price book's.</summary>
    public double? HostingUsdPerHour { get; init; }
}
