using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Which scores a table shows: the verdict's first, then those that the labels and answers have.</summary>
internal static class ScoreColumns
{
    private static readonly Score[] Shown =
    [
        Score.Accuracy, Score.OneOffAccuracy, Score.GoodVersusBad, Score.MacroF1, Score.QuadraticKappa, Score.MeanAbsoluteError, Score.LogLoss,
    ];

    public static Score[] Of(RunReport report) =>
    [
        .. Shown.Prepend(report.Verdict.Score).Distinct()
            .Where(score => report.Candidates.Any(candidate => candidate.Metrics is not null && score.Of(candidate.Metrics) is not null)),
    ];

    public static int Unanswered(Metrics metrics) =>
        metrics.Missing + metrics.Unparsable + metrics.Refused + metrics.Failed + metrics.Conflicting;
}
