using System.Collections.Immutable;

namespace FineTuneFlow.Core.Costs;

/// <summary>Which models a provider trains and until when: dated data with its source, <c>Costs/models.json</c>.</summary>
public sealed record ModelBook
{
    private static readonly Lazy<ModelBook> BuiltIn = new(() => CostBinding.Models(CostData.Embedded("models.json")));

    public required DateOnly AsOf { get; init; }
    public required string Source { get; init; }
    public ImmutableArray<ModelLife> Models { get; init; } = [];

    public static ModelBook Default => BuiltIn.Value;

    /// <summary>A book from a file, put over <see cref="Default"/>.</summary>
    /// <exception cref="Failures.FlowException">InvalidInput: with line and column.</exception>
    public static ModelBook Read(string fileName, ReadOnlySpan<byte> json)
    {
        ModelBook over = CostData.Read<ModelBook>(fileName, json);
        var replaced = over.Models.Select(model => model.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return over with { Models = [.. Default.Models.Where(model => !replaced.Contains(model.Key)), .. over.Models] };
    }

    /// <summary>Whether anything is known of the provider's models.</summary>
    public bool Knows(string priceKey) => Of(priceKey).Any();

    /// <summary>Null where the provider has no such model, as far as is known.</summary>
    public ModelLife? Find(string priceKey, string model)
    {
        string family = ModelName.FamilyOf(model);
        return Of(priceKey).FirstOrDefault(known => known.Model.Equals(family, StringComparison.OrdinalIgnoreCase)
            || known.Model.Equals(model, StringComparison.OrdinalIgnoreCase));
    }

    /// <summary>The provider's models.</summary>
    public IEnumerable<ModelLife> Of(string priceKey) =>
        Models.Where(known => known.Provider.Equals(priceKey, StringComparison.OrdinalIgnoreCase));
}

/// <param name="Provider">The provider's section, as in the price book.</param>
/// <param name="Model">The model's family.</param>
/// <param name="TrainingEnds">The first day on which no job is taken any longer; null: not announced.</param>
/// <param name="InferenceEnds">The first day on which the model and its fine-tunes no longer answer; null: not announced.</param>
/// <param name="Tunable">False: it can only be asked.</param>
/// <param name="Note">What else a person should know.</param>
public sealed record ModelLife(
    string Provider, string Model, DateOnly? TrainingEnds = null, DateOnly? InferenceEnds = null, bool Tunable = true, string? Note = null)
{
    internal string Key => $"{Provider}/{Model}";
}
