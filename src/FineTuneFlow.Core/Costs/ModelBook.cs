using System.Collections.Immutable;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Costs;

/// <summary>Which models a provider trains and until when: dated data with its source, <c>Costs/models.json</c>.</summary>
public sealed record ModelBook
{
    private static readonly Lazy<ModelBook> BuiltIn = new(() => CostBinding.Models(CostData.Embedded("models.json")));

    public required DateOnly AsOf { get; init; }
    public required string Source { get; init; }
    /// <summary>Providers of which not all models are listed: another one is not a mistake.</summary>
    public ImmutableArray<string> Partial { get; init; } = [];
    public ImmutableArray<ModelLife> Models { get; init; } = [];
    /// <summary>The longest example that a model is trained on, by its family.</summary>
    public ImmutableArray<ModelWindow> Windows { get; init; } = [];

    /// <summary>Tokens of the longest example that a model is trained on; null: not known.</summary>
    public int? WindowOf(string model) => Windows.FirstOrDefault(window =>
        window.Model.Equals(model, StringComparison.OrdinalIgnoreCase) || window.Model.Equals(ModelName.FamilyOf(model), StringComparison.OrdinalIgnoreCase))?.Tokens;

    public static ModelBook Default => BuiltIn.Value;

    /// <summary>A book from a file, put over <see cref="Default"/>.</summary>
    /// <exception cref="Failures.FlowException">InvalidInput: with line and column.</exception>
    public static ModelBook Read(string fileName, ReadOnlySpan<byte> json)
    {
        ModelBook over = CostData.Read<ModelBook>(fileName, json);
        var replaced = over.Models.Select(model => model.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        return over with { Windows = [.. over.Windows, .. Default.Windows], Partial = [.. Default.Partial.Union(over.Partial, StringComparer.OrdinalIgnoreCase)], Models = [.. Default.Models.Where(model => !replaced.Contains(model.Key)), .. over.Models] };
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

/// <param name="Model">The model's family.</param>
/// <param name="Tokens">Of an example with its prompt and answer.</param>
public sealed record ModelWindow(string Model, int Tokens);

/// <param name="Provider">The provider's section, as in the price book.</param>
/// <param name="Model">The model's family.</param>
/// <param name="TrainingEnds">The first day on which no job is taken any longer; null: not announced.</param>
/// <param name="InferenceEnds">The first day on which the model and its fine-tunes no longer answer; null: not announced.</param>
/// <param name="Tunable">False: it can only be asked.</param>
/// <param name="Note">What else a person should know.</param>
public sealed record ModelLife(
    string Provider, string Model, DateOnly? TrainingEnds = null, DateOnly? InferenceEnds = null, bool Tunable = true, string? Note = null)
{
    /// <summary>From this day on only organisations that have tuned before may train it; null: everybody may.</summary>
    public DateOnly? ExistingCustomersSince { get; init; }

    /// <summary>The first day on which the untuned model no longer answers, where it ends before its fine-tunes.</summary>
    public DateOnly? BaseEnds { get; init; }

    /// <summary>The one training tier in which it is trained; null: any.</summary>
    public TrainingTier? Tier { get; init; }

    /// <summary>Where a recipe leaves them out: passes and multiplier that its maker's service suggests; null: the service's choice.</summary>
    public int? Epochs { get; init; }

    /// <summary><see cref="Epochs"/> of fewer than 100 training rows, where these take more; null: as many.</summary>
    public int? EpochsOfFew { get; init; }

    /// <summary><see cref="Epochs"/> of more than 2,000 training rows, where these take fewer; null: as many.</summary>
    public int? EpochsOfMany { get; init; }

    /// <inheritdoc cref="Epochs"/>
    public double? LearningRateMultiplier { get; init; }

    /// <summary>Values of <c>reasoning_effort</c> that it takes, cheapest first; empty: it does not think before it answers, or nothing
    /// is known of it.</summary>
    public ImmutableArray<string> Efforts { get; init; } = [];

    /// <summary>The affordable one of its provider, taken where a recipe names no model.</summary>
    public bool Suggested { get; init; }

    /// <summary>The passes that suit so many training rows.</summary>
    /// <param name="trainingRows">About; null: not known.</param>
    public int? EpochsFor(double? trainingRows) => trainingRows switch
    {
        < 100 => EpochsOfFew ?? Epochs,
        > 2_000 => EpochsOfMany ?? Epochs,
        _ => Epochs,
    };

    /// <summary>Whether somebody may train it on that day.</summary>
    /// <param name="existing">The organisation has tuned before.</param>
    public bool Trains(DateOnly day, bool existing) =>
        Tunable && (TrainingEnds is null || TrainingEnds > day) && (InferenceEnds is null || InferenceEnds > day)
        && (existing || ExistingCustomersSince is null || ExistingCustomersSince > day);

    /// <summary>Whether the untuned model answers on that day.</summary>
    public bool Answers(DateOnly day) => (BaseEnds ?? InferenceEnds ?? DateOnly.MaxValue) > day;

    internal string Key => $"{Provider}/{Model}";
}
