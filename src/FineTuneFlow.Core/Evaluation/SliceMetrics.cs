using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Scores of the holdout rows with one value of a column of the recipe, or in one band of <c>text length</c> (characters), or
/// in one <c>script</c>: the scores of <see cref="Metrics"/>, over these rows alone.</summary>
public sealed record SliceMetrics
{
    /// <summary>A column of the recipe, <c>text length</c> or <c>script</c>.</summary>
    public required string Column { get; init; }
    /// <summary>Its value or band; empty where the row has none.</summary>
    public required string Value { get; init; }
    public required int Rows { get; init; }
    public required double Accuracy { get; init; }
    public double? GoodVersusBad { get; init; }
    public double? OneOffAccuracy { get; init; }
    public required double MacroF1 { get; init; }
    /// <summary>Absent in reports made before slices had it, like all scores below but those that the labels do not have.</summary>
    public double? WeightedF1 { get; init; }
    public double? BalancedAccuracy { get; init; }
    public double? MeanAbsoluteError { get; init; }
    public double? QuadraticKappa { get; init; }
    public double? LogLoss { get; init; }
    public double? BrierScore { get; init; }
    /// <summary>Only of slices with at least <see cref="CalibratedRows"/> rows that have probabilities: with fewer, the few rows of a
    /// bin make it large by chance.</summary>
    public double? ExpectedCalibrationError { get; init; }
    /// <summary>Interval of each score above by its JSON name; absent where the rows show no spread to estimate one from.</summary>
    public required ImmutableSortedDictionary<string, Interval> Intervals { get; init; }

    internal const int CalibratedRows = 100;
}
