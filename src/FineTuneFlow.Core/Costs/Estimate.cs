namespace FineTuneFlow.Core.Costs;

/// <summary>A number that is not known yet: tokens, or USD. Low &lt;= Likely &lt;= High.</summary>
public sealed record Estimate(double Low, double Likely, double High)
{
    public static Estimate Zero { get; } = new(0, 0, 0);

    public static Estimate Exactly(double value) => new(value, value, value);

    public static Estimate operator +(Estimate a, Estimate b) => new(a.Low + b.Low, a.Likely + b.Likely, a.High + b.High);

    public static Estimate operator *(Estimate a, double factor) => new(a.Low * factor, a.Likely * factor, a.High * factor);

    /// <summary>Bound by bound; both must not be negative.</summary>
    public static Estimate operator *(Estimate a, Estimate b) => new(a.Low * b.Low, a.Likely * b.Likely, a.High * b.High);
}
