using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>A checkpoint that was asked about the validation split, to choose the one that is judged: as a run tries it, and as its report
/// shows it.</summary>
/// <param name="Number">From 1, by step.</param>
/// <param name="Step">At which it was taken.</param>
/// <param name="Model">Its id.</param>
/// <param name="ValidLoss">As the job tells; null where it does not.</param>
/// <param name="Rows">Rows of the validation split that it was asked about; 0 where it could not be asked.</param>
/// <param name="Accuracy">On these rows; null where it could not be asked. Of the chosen one it is somewhat too high: that is what the holdout is for.</param>
/// <param name="Interval">Of that accuracy; null until the report is built.</param>
/// <param name="Chosen">It stands for the candidate in every other table.</param>
/// <param name="HoldoutAccuracy">Null where it was not judged on the holdout.</param>
/// <param name="Refusal">Why it could not be asked, about the validation split or, with an accuracy there, about the holdout.</param>
public sealed record CheckpointReport(
    int Number,
    int Step,
    string Model,
    double? ValidLoss,
    int Rows,
    double? Accuracy,
    Interval? Interval = null,
    bool Chosen = false,
    double? HoldoutAccuracy = null,
    string? Refusal = null);
