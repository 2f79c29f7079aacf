namespace FineTuneFlow.Core.Costs;

/// <summary>One way of running a classification service.</summary>
public sealed record ServiceOption
{
    public required string Name { get; init; }
    /// <summary>For a person: what it is and which price.</summary>
    public string? Description { get; init; }
    /// <summary>Average tokens of a call.</summary>
    public required double PromptTokens { get; init; }
    public required double CompletionTokens { get; init; }
    /// <summary>USD per 1,000,000 tokens.</summary>
    public required double InputUsd { get; init; }
    public required double OutputUsd { get; init; }
    /// <summary>Paid once, before the first call: training and evaluation.</summary>
    public double FixedUsd { get; init; }
    /// <summary>A deployment or machine that stands whether it is asked or not.</summary>
    public double UsdPerDay { get; init; }

    public double UsdPerCall => ((PromptTokens * InputUsd) + (CompletionTokens * OutputUsd)) / 1e6;

    public double UsdPer1000 => UsdPerCall * 1000;

    /// <summary>USD for so many days with so many calls in all.</summary>
    public double Total(double calls, double days = 0) => FixedUsd + (UsdPerDay * days) + (UsdPerCall * calls);
}
