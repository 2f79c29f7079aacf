namespace FineTuneFlow.Core.Evaluation;

/// <summary>How scores are computed. The defaults are those of every report.</summary>
public sealed record ScoringOptions
{
    public static ScoringOptions Default { get; } = new();

    /// <summary>Level of tests and intervals, two-sided; 0.05 gives 95 % intervals.</summary>
    public double Alpha { get; init; } = 0.05;
    /// <summary>Bootstrap resamples; 0: no bootstrap intervals.</summary>
    public int Resamples { get; init; } = 1000;
    /// <summary>Seed of the bootstrap: the same input gives the same intervals on every machine.</summary>
    public ulong Seed { get; init; } = 42;
    /// <summary>Equal-width bins of the reliability diagram and the expected calibration error.</summary>
    public int ReliabilityBins { get; init; } = 10;
    /// <summary>Probabilities below this count as this in the log loss. A service lists its top tokens only, so a zero means
    /// "not listed", not "impossible".</summary>
    public double ProbabilityFloor { get; init; } = 1e-6;
    /// <summary>Whether metrics are given for slices (columns of the recipe, text length, script).</summary>
    public bool Slices { get; init; } = true;
    /// <summary>Values a slice column shows at the most, the most frequent first.</summary>
    public int SliceValues { get; init; } = 20;
}
