namespace FineTuneFlow.Core.Evaluation;

/// <summary>Two candidates on the same rows, by one score. Everything is first minus second.</summary>
public sealed record PairedComparison
{
    public required string First { get; init; }
    public required string Second { get; init; }
    public required Score Score { get; init; }
    public required double Difference { get; init; }
    /// <summary>Absent where the rows show no spread.</summary>
    public Interval? Interval { get; init; }
    /// <summary>The one-sided bounds at the level of the tests: the difference is above <c>Low</c> with that confidence, and, taken for
    /// itself, below <c>High</c>. Absent where the rows show no spread.</summary>
    public Interval? OneSided { get; init; }
    /// <summary>Two-sided p of "no difference" on its own.</summary>
    public required double PValue { get; init; }
    /// <summary>After Holm, over all pairs compared by this score.</summary>
    public double AdjustedPValue { get; init; }
    public required ComparisonTest Test { get; init; }
    /// <summary>Shares of rows: rows that only the first has right.</summary>
    public int? OnlyFirst { get; init; }
    /// <summary>Shares of rows: rows that only the second has right.</summary>
    public int? OnlySecond { get; init; }
    /// <summary>Shares of rows: odds that a row on which they differ goes to the first, (a + 1/2) / (b + 1/2).</summary>
    public double? OddsRatio { get; init; }
    /// <summary>The effect's size: Cohen's g for shares (how far the split of the differing rows is from one half, -0.5 to 0.5), Cohen's
    /// d of the paired differences for log loss and Brier score; absent for the others.</summary>
    public double? EffectSize { get; init; }
    /// <summary>Rows that a holdout would need for this difference, if it is the true one, to be found with 80 % power at the level
    /// corrected for the number of pairs; absent where the difference is 0.</summary>
    public double? RequiredRows { get; init; }

    /// <summary>The same comparison as the second sees it.</summary>
    public PairedComparison Turned() => this with
    {
        First = Second,
        Second = First,
        // Not -Difference: a difference of nothing has no sign.
        Difference = 0 - Difference,
        Interval = Turned(Interval),
        OneSided = Turned(OneSided),
        OnlyFirst = OnlySecond,
        OnlySecond = OnlyFirst,
        OddsRatio = 1 / OddsRatio,
        EffectSize = 0 - EffectSize,
    };

    private static Interval? Turned(Interval? interval) =>
        interval is null ? null : interval with { Low = 0 - interval.High, High = 0 - interval.Low };
}

public enum ComparisonTest
{
    /// <summary>McNemar's test, exact binomial form.</summary>
    McNemarExact,
    /// <summary>Paired bootstrap.</summary>
    PairedBootstrap,
}
