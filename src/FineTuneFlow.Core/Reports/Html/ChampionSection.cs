namespace FineTuneFlow.Core.Reports.Html;

/// <summary>How far the candidates answer as the champion does.</summary>
internal static class ChampionSection
{
    public static readonly string[] Columns = ["candidate", "rows|", "same answer|", "interval|", "kappa|", "only champion right|", "only candidate right|", "p, corrected|"];

    public static void Write(HtmlWriter page, RunReport report)
    {
        if (report.Champion is not { Agreements.Length: > 0 } champion)
        {
            return;
        }

        page.SubHeading("Agreement with the champion");
        page.Table(Caption(champion), Columns, champion.Agreements.Select(Cells));
    }

    internal static string Caption(ChampionReport champion) =>
        "What users of the champion would notice of a change, whichever of the two is right. "
        + (champion.RecordedBy is { } run ? $"The champion answered nothing in this run: its answers are those of {run}. " : "")
        + "Right counts only rows on which the two differ, tested by McNemar's exact test and corrected by Holm's method. The rows themselves are in report.json.";

    internal static string[] Cells(CandidateAgreement one) =>
    [
        one.Candidate,
        Formatting.Count(one.Rows),
        Formatting.Share(one.Share),
        one.Interval is null ? Formatting.Absent : Formatting.Range(Evaluation.Score.Accuracy, one.Interval),
        Formatting.Number(one.Kappa),
        Formatting.Count(one.OnlyChampion),
        Formatting.Count(one.OnlyCandidate),
        Formatting.PValue(one.AdjustedPValue),
    ];
}
