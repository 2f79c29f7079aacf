using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A two-sided confidence interval.</summary>
/// <param name="Low">Lower bound, in the metric's unit.</param>
/// <param name="High">Upper bound.</param>
/// <param name="Method">How it was made.</param>
public sealed record Interval(double Low, double High, IntervalMethod Method)
{
    [JsonIgnore]
    public double HalfWidth => (High - Low) / 2;

    public bool Contains(double value) => value >= Low && value <= High;
}

public enum IntervalMethod
{
    /// <summary>Wilson's score interval of a proportion.</summary>
    Wilson,
    /// <summary>Bias-corrected and accelerated bootstrap.</summary>
    Bca,
    /// <summary>Normal approximation with the jackknife's standard error (slices).</summary>
    Jackknife,
    /// <summary>Bonett and Price's adjusted Wald interval of a paired difference of proportions.</summary>
    BonettPrice,
}
