namespace FineTuneFlow.Core.Reports;

/// <summary>USD.</summary>
public sealed record CostReport
{
    /// <summary>What the run has spent.</summary>
    public required double SpentUsd { get; init; }
    /// <summary>What the simulated work would have cost at list price.</summary>
    public double SimulatedUsd { get; init; }
    /// <summary>Upper estimate before the run.</summary>
    public double? QuotedUsd { get; init; }
    public double BudgetUsd { get; init; }
}
