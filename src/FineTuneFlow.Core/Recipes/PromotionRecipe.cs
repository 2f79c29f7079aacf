using System.Collections.Immutable;

namespace FineTuneFlow.Core.Recipes;

public sealed record PromotionRecipe
{
    public PromotionMetric Metric { get; init; } = PromotionMetric.Accuracy;
    /// <summary>What a lead must show before the more expensive of two models is used.</summary>
    public PromotionPreference Prefer { get; init; } = PromotionPreference.Thrifty;
    /// <summary>How much lower the cheaper model's score may be, in the metric's unit (0.01: one point); 0 to 0.5.</summary>
    public double Margin { get; init; } = 0.01;
    /// <summary>Which candidates and baselines may become champion, by name or by kind (linear, encoder, prompt, fineTune); empty: all.</summary>
    public ImmutableArray<string> Eligible { get; init; } = [];
    /// <summary>A challenger that costs as much as the champion or more must beat it by a paired test, not only by the figure.</summary>
    public bool RequireSignificance { get; init; } = true;
    /// <summary>Level of the tests and intervals (two-sided); 0.001 to 0.2.</summary>
    public double Alpha { get; init; } = 0.05;
}

public enum PromotionMetric { Accuracy, MacroF1, GoodVersusBad, OneOffAccuracy }

public enum PromotionPreference
{
    /// <summary>The best by the metric, unless a cheaper one was seen within the margin of it and is not surely worse.</summary>
    Thrifty,
    /// <summary>A cheaper one only where it is surely not worse by more than the margin (non-inferiority).</summary>
    Proven,
    /// <summary>The highest figure, whatever it costs.</summary>
    Best,
}
