using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports.Html;

/// <summary>Paired comparisons by the verdict's score, and in short by the others.</summary>
internal static class ComparisonSection
{
    public static void Write(HtmlWriter page, RunReport report)
    {
        page.Heading("Comparison", "comparison");
        Score score = report.Verdict.Score;
        PairedComparison[] pairs = [.. report.Comparisons.Where(pair => pair.Score == score)];
        if (pairs.Length == 0)
        {
            page.Paragraph("There is only one candidate, so there is nothing to compare it with.");
            return;
        }

        string test = pairs[0].Test == ComparisonTest.McNemarExact ? "McNemar's exact test" : $"a paired bootstrap with {report.Provenance.Resamples:N0} resamples";
        page.Paragraph(
            $"Both candidates answer the same rows, so each pair is judged by the rows on which they differ: {test}, p-values corrected for "
            + $"{Formatting.Counted(pairs.Length, "pair")} by Holm's method. A difference counts as found below {report.Alpha}.");
        page.Table(
            $"First minus second, by {score.Title()}. Only one right: rows that only the first and only the second has right. Rows needed: holdout rows at which a true difference of this size would be found four times in five.",
            ["first", "second", "difference|", "interval|", "p, corrected|", "only one right|", "rows needed|", "verdict"],
            pairs.Select(pair => (string[])
            [
                pair.First,
                pair.Second,
                Formatting.Difference(score, pair.Difference),
                Formatting.DifferenceRange(score, pair.Interval),
                Formatting.PValue(pair.AdjustedPValue),
                pair.OnlyFirst is { } a ? $"{Formatting.Count(a)} : {Formatting.Count(pair.OnlySecond ?? 0)}" : Formatting.Absent,
                pair.RequiredRows is { } rows ? Formatting.Rows(rows) : Formatting.Absent,
                pair.AdjustedPValue >= report.Alpha ? "not told apart" : $"{(pair.Difference > 0 != score.LowerIsBetter() ? pair.First : pair.Second)} is better",
            ]));
        Others(page, report, score);
    }

    private static void Others(HtmlWriter page, RunReport report, Score score)
    {
        Score[] others = [.. ScoreColumns.Of(report).Where(other => other != score)];
        if (others.Length == 0 || report.Verdict is not { } verdict)
        {
            return;
        }

        CandidateReport[] scored = [.. report.Candidates.Where(candidate => candidate.Metrics is not null)];
        string first = scored[0].Name;
        page.Table(
            $"{first} against each other candidate by the other scores: difference and, small, p corrected within each score.",
            ["against", .. others.Select(other => other.Title() + "|")],
            scored.Skip(1).Select(candidate => (string[])[candidate.Name, .. others.Select(other => Cell(report, first, candidate.Name, other))]));
    }

    private static string Cell(RunReport report, string first, string second, Score score)
    {
        PairedComparison? pair = report.Comparisons.FirstOrDefault(pair => pair.Score == score
            && ((pair.First == first && pair.Second == second) || (pair.First == second && pair.Second == first)));
        return pair is null
            ? Formatting.Absent
            : $"{Formatting.Difference(score, pair.First == first ? pair.Difference : -pair.Difference)}\n{Formatting.P(pair.AdjustedPValue)}";
    }
}
