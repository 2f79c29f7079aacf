namespace FineTuneFlow.Core.Costs;

/// <summary>What a model's tokens cost: USD per 1,000,000 tokens; null where nothing is listed.</summary>
public sealed record TokenPrice
{
    /// <summary>The model's family, without a snapshot's date.</summary>
    public required string Model { get; init; }
    /// <summary>The provider's section; null: every provider that goes by the list.</summary>
    public string? Provider { get; init; }
    /// <summary>The day of the price.</summary>
    public required DateOnly AsOf { get; init; }
    public double? Training { get; init; }
    /// <summary>Asking a fine-tuned model.</summary>
    public double? TunedInput { get; init; }
    public double? TunedOutput { get; init; }
    /// <summary>Asking the model as it is.</summary>
    public double? BaseInput { get; init; }
    public double? BaseOutput { get; init; }
    /// <summary>Asking a fine-tuned model through the Batch API.</summary>
    public double? BatchInput { get; init; }
    public double? BatchOutput { get; init; }
    public string? Note { get; init; }
}

/// <summary>What asking a model costs, USD per 1,000,000 tokens.</summary>
public sealed record AskingPrice(double Input, double Output)
{
    public double Usd(double promptTokens, double completionTokens) => ((promptTokens * Input) + (completionTokens * Output)) / 1e6;

    public Estimate Usd(Estimate promptTokens, Estimate completionTokens) => (promptTokens * (Input / 1e6)) + (completionTokens * (Output / 1e6));
}

/// <summary>Share of the standard training price in a tier.</summary>
public sealed record TierPrice(string Tier, double Low, double Likely, double High, string? Note = null);

/// <summary>What a deployment of a fine-tuned model costs while it stands.</summary>
public sealed record HostingPrice(string Provider, string Tier, double UsdPerHour, DateOnly AsOf, string? Note = null);

/// <summary>What a machine for container jobs costs, and how fast it trains.</summary>
/// <param name="Name">As settings name it.</param>
/// <param name="UsdPerHour">Billed by the second.</param>
/// <param name="ExamplesPerSecond">Training examples of DistilBERT a second.</param>
/// <param name="AsOf">The day of the price.</param>
/// <param name="Note">Where it comes from.</param>
public sealed record MachinePrice(string Name, double UsdPerHour, double ExamplesPerSecond, DateOnly AsOf, string? Note = null);

/// <summary>The Batch API's share of the price, where no batch price is listed.</summary>
public sealed record BatchShare(double Share, string? Note = null);
