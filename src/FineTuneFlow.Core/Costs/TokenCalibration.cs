namespace FineTuneFlow.Core.Costs;

/// <summary>What real answers have taught about the estimate: a provider's <c>usage.prompt_tokens</c>, or a job's
/// <c>trained_tokens</c>, over what was estimated for the same texts.</summary>
/// <param name="Factor">Observed tokens over likely tokens.</param>
/// <param name="Rows">Rows that this was seen on.</param>
public sealed record TokenCalibration(double Factor, long Rows)
{
    /// <summary>From as many rows as there are.</summary>
    /// <param name="estimated">Tokens that were estimated for the rows.</param>
    /// <param name="observed">Tokens that the provider counted for them.</param>
    /// <param name="rows">How many rows they were.</param>
    /// <returns>Null where there is nothing to learn from.</returns>
    public static TokenCalibration? From(Estimate estimated, long observed, long rows) =>
        rows <= 0 || observed <= 0 || estimated.Likely <= 0 ? null : new TokenCalibration(observed / estimated.Likely, rows);

    /// <summary>The estimate moved to what was observed, with a range of 2 % and, for few rows, as much as ten texts of ten more
    /// would move it (1/sqrt(rows)); never wider than before on either side.</summary>
    public Estimate Apply(Estimate estimate)
    {
        double likely = estimate.Likely * Factor;
        double spread = 0.02 + (1 / Math.Sqrt(Rows));
        return new Estimate(
            Math.Min(likely, Math.Max(estimate.Low, likely * Math.Max(0, 1 - spread))),
            likely,
            Math.Max(likely, Math.Min(Math.Max(estimate.High, likely), likely * (1 + spread))));
    }
}
