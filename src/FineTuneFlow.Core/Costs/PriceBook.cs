using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>Dated prices with their source. The built-in ones ship as <c>Costs/prices.json</c>; a file of the same form
/// overrides them entry by entry.</summary>
public sealed record PriceBook
{
    private static readonly Lazy<PriceBook> BuiltIn = new(() => CostBinding.Prices(CostData.Embedded("prices.json")));

    /// <summary>The day on which the prices were collected.</summary>
    public required DateOnly AsOf { get; init; }
    public string Currency { get; init; } = "USD";
    public required string Source { get; init; }
    /// <summary>Providers that prices without a provider hold for.</summary>
    public ImmutableArray<string> Listed { get; init; } = [];
    public ImmutableArray<TokenPrice> Tokens { get; init; } = [];
    public BatchShare? BatchShare { get; init; }
    public ImmutableArray<TierPrice> TrainingTiers { get; init; } = [];
    public ImmutableArray<HostingPrice> Hosting { get; init; } = [];
    public ImmutableArray<MachinePrice> Machines { get; init; } = [];

    public static PriceBook Default => BuiltIn.Value;

    /// <summary>A price book from a file, put over <see cref="Default"/>.</summary>
    /// <param name="fileName">For messages.</param>
    /// <param name="json">In the form of <c>prices.json</c>.</param>
    /// <exception cref="Failures.FlowException">InvalidInput: with line and column.</exception>
    public static PriceBook Read(string fileName, ReadOnlySpan<byte> json) => Default.With(CostData.Read<PriceBook>(fileName, json));

    /// <summary>This book with another's entries put over it.</summary>
    public PriceBook With(PriceBook over) => over with
    {
        Listed = [.. Listed.Union(over.Listed, StringComparer.OrdinalIgnoreCase)],
        Tokens = Merged(Tokens, over.Tokens, price => $"{price.Provider}/{price.Model}"),
        BatchShare = over.BatchShare ?? BatchShare,
        TrainingTiers = Merged(TrainingTiers, over.TrainingTiers, tier => tier.Tier),
        Hosting = Merged(Hosting, over.Hosting, hosting => $"{hosting.Provider}/{hosting.Tier}"),
        Machines = Merged(Machines, over.Machines, machine => machine.Name),
    };

    /// <summary>The entry for a model, whatever of its names is given; a provider's own entry before the general one. Null where
    /// none is listed.</summary>
    /// <param name="priceKey">The provider's section, letter case aside: openai, azureOpenAI, simulator, or one of a price file.</param>
    /// <param name="model">A base or tuned model's name.</param>
    public TokenPrice? Find(string priceKey, string model)
    {
        string family = ModelName.FamilyOf(model);
        var named = Tokens.Where(price => price.Model.Equals(family, StringComparison.OrdinalIgnoreCase)
            || price.Model.Equals(model, StringComparison.OrdinalIgnoreCase)).ToArray();
        return named.FirstOrDefault(price => Same(price.Provider, priceKey))
            ?? (Listed.Contains(priceKey, StringComparer.OrdinalIgnoreCase) ? named.FirstOrDefault(price => price.Provider is null) : null);
    }

    /// <summary>USD per 1,000,000 trained tokens; null where none is listed.</summary>
    public Estimate? Training(string priceKey, string model, TrainingTier? tier = null)
    {
        if (Find(priceKey, model)?.Training is not { } price)
        {
            return null;
        }

        string name = JsonNamingPolicy.CamelCase.ConvertName((tier ?? TrainingTier.Standard).ToString());
        return TrainingTiers.FirstOrDefault(share => Same(share.Tier, name)) is { } share && tier is not null
            ? new Estimate(share.Low, share.Likely, share.High) * price
            : Estimate.Exactly(price);
    }

    /// <summary>What asking costs; null where none is listed.</summary>
    public AskingPrice? Asking(string priceKey, string model, bool tuned, bool batch = false)
    {
        if (Find(priceKey, model) is not { } price)
        {
            return null;
        }

        if (batch && tuned && price is { BatchInput: { } batchInput, BatchOutput: { } batchOutput })
        {
            return new AskingPrice(batchInput, batchOutput);
        }

        double share = batch ? BatchShare?.Share ?? 1 : 1;
        return (tuned ? price.TunedInput : price.BaseInput, tuned ? price.TunedOutput : price.BaseOutput) is ({ } input, { } output)
            ? new AskingPrice(input * share, output * share)
            : null;
    }

    /// <summary>USD an hour for a fine-tune's deployment; 0 where the provider takes none.</summary>
    public double HostingPerHour(string priceKey, TrainingTier? tier)
    {
        string name = (tier ?? TrainingTier.Standard).ToString();
        return Hosting.FirstOrDefault(hosting => Same(hosting.Provider, priceKey) && Same(hosting.Tier, name))?.UsdPerHour ?? 0;
    }

    /// <summary>Null where no such machine is listed.</summary>
    public MachinePrice? Machine(string name) => Machines.FirstOrDefault(machine => Same(machine.Name, name));

    private static bool Same(string? a, string b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    private static ImmutableArray<T> Merged<T>(ImmutableArray<T> under, ImmutableArray<T> over, Func<T, string> key)
    {
        var replaced = over.Select(key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. under.Where(entry => !replaced.Contains(key(entry))), .. over];
    }
}
