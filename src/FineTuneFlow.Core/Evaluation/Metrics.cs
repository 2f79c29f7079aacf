using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A candidate's scores on a holdout. Shares and scores are 0 to 1. A row without an answer is wrong in every score:
/// no class gets the point, and for ordered labels it counts as the label farthest from the true one. Formulas:
/// <c>docs/metrics.md</c>.</summary>
public sealed record Metrics
{
    /// <summary>Rows of the holdout, all of which are scored.</summary>
    public required int N { get; init; }
    public required int Correct { get; init; }
    /// <summary>Rows without any prediction.</summary>
    public int Missing { get; init; }
    /// <summary>Rows whose answer is none of the labels.</summary>
    public int Unparsable { get; init; }
    public int Refused { get; init; }
    /// <summary>Rows whose call failed for good.</summary>
    public int Failed { get; init; }
    /// <summary>Rows that were answered twice and differently: which answer counts cannot be told, so none does.</summary>
    public int Conflicting { get; init; }
    /// <summary>Predictions for a row that had one already; they count once.</summary>
    public int Duplicates { get; init; }
    /// <summary>Predictions whose id is not in the holdout; they are not scored.</summary>
    public int Unknown { get; init; }

    public required double Accuracy { get; init; }
    /// <summary>Ordered labels with good ones: share of rows whose label and prediction are on the same side.</summary>
    public double? GoodVersusBad { get; init; }
    /// <summary>Ordered labels: share of rows at most one label away.</summary>
    public double? OneOffAccuracy { get; init; }
    /// <summary>Mean F1 of the classes that occur as label or prediction.</summary>
    public required double MacroF1 { get; init; }
    /// <summary>Mean F1 weighted by the classes' rows.</summary>
    public required double WeightedF1 { get; init; }
    /// <summary>Mean recall of the classes that occur as label.</summary>
    public required double BalancedAccuracy { get; init; }
    /// <summary>Ordered labels: mean distance in labels.</summary>
    public double? MeanAbsoluteError { get; init; }
    /// <summary>Ordered labels: Cohen's kappa with quadratic weights, -1 to 1; null where label and prediction never vary.</summary>
    public double? QuadraticKappa { get; init; }
    /// <summary>Nats.</summary>
    public double? LogLoss { get; init; }
    /// <summary>Sum over the classes of the squared difference, 0 to 2.</summary>
    public double? BrierScore { get; init; }
    public double? ExpectedCalibrationError { get; init; }
    /// <summary>Rows behind log loss, Brier score and calibration.</summary>
    public int ProbabilityRows { get; init; }
    /// <summary>Mean probability that the model gave to anything but the labels.</summary>
    public double? OtherMass { get; init; }
    /// <summary>The share of the most frequent label: what an answer that never looks would score.</summary>
    public required double MajorityShare { get; init; }

    /// <summary>Interval of each score above by its JSON name; absent where the rows show no spread to estimate one from.</summary>
    public required ImmutableSortedDictionary<string, Interval> Intervals { get; init; }
    public required ImmutableArray<ClassMetrics> Classes { get; init; }
    /// <summary>Rows by true label (rows, in label order) and prediction (columns, the last one: no answer).</summary>
    public required ImmutableArray<ImmutableArray<int>> Confusion { get; init; }
    public ImmutableArray<ReliabilityBin> Reliability { get; init; } = [];
    public LatencySummary? Latency { get; init; }
    public long? PromptTokens { get; init; }
    public long? CompletionTokens { get; init; }
    public ImmutableArray<SliceMetrics> Slices { get; init; } = [];
}

/// <summary>One class's scores: rows with the label, rows predicted so; precision is 0 where it was never predicted, recall 0 where
/// the holdout has none, F1 0 where neither, and such a share has no interval.</summary>
public sealed record ClassMetrics(
    string Label,
    int Rows,
    int Predicted,
    double Precision,
    double Recall,
    double F1,
    Interval? PrecisionInterval,
    Interval? RecallInterval,
    Interval? F1Interval);

/// <param name="From">Lower edge of the bin of the predicted label's probability.</param>
/// <param name="To">Upper edge.</param>
/// <param name="Rows">Predictions in the bin.</param>
/// <param name="Confidence">Their mean probability.</param>
/// <param name="Accuracy">Share of them that is right.</param>
/// <param name="Interval">Of that share.</param>
public sealed record ReliabilityBin(double From, double To, int Rows, double Confidence, double Accuracy, Interval Interval);

/// <summary>Milliseconds an answer, percentiles interpolated linearly; Rows counts the answers with a latency.</summary>
public sealed record LatencySummary(int Rows, double Mean, double P50, double P90, double P95, double P99, double Max);
