using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>Which scores a table shows: the verdict's first, then those that the labels and answers have.</summary>
internal static class ScoreColumns
{
    private static readonly Score[] First = [Score.Accuracy, Score.OneOffAccuracy, Score.GoodVersusBad, Score.MacroF1, Score.LogLoss];

    /// <summary>The scores that most readers look for.</summary>
    public static Score[] Of(RunReport report) => [.. Known(report, First.Prepend(report.Verdict.Score).Distinct())];

    /// <summary>All others.</summary>
    public static Score[] More(RunReport report) => [.. Known(report, Enum.GetValues<Score>().Except(First).Where(score => score != report.Verdict.Score))];

    private static IEnumerable<Score> Known(RunReport report, IEnumerable<Score> scores) =>
        scores.Where(score => report.Candidates.Any(candidate => candidate.Metrics is not null && score.Of(candidate.Metrics) is not null));

    public static int Unanswered(Metrics metrics) =>
        metrics.Missing + metrics.Unparsable + metrics.Refused + metrics.Failed + metrics.Conflicting;
}
