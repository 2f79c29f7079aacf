using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports.Html;
using FineTuneFlow.Core.Reports.Text;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>report.md</c>: the report for a terminal, a pull request or a model card. Its tables line up as they stand.</summary>
public static class ReportMarkdown
{
    private const int MostLabels = 30;

    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        text.Append($"# {MarkdownText.Plain(report.Project)}: which model to use\n\n");
        text.Append($"**{MarkdownText.Plain(report.Verdict.Sentence)}**\n\n");
        foreach (string note in report.Verdict.Notes)
        {
            text.Append($"- {MarkdownText.Plain(note)}\n");
        }

        text.Append($"\nRun {MarkdownText.Code(report.RunId)}, {report.StartedAt:yyyy-MM-dd HH:mm} to {report.EndedAt:yyyy-MM-dd HH:mm} UTC. ");
        text.Append($"Judged on {report.HoldoutRows:N0} {(report.Sampled ? "rows drawn from the holdout" : "holdout rows")} that no training ever saw, {report.Labels.Names.Length} labels; ");
        text.Append($"in brackets {Formatting.Number((1 - report.Alpha) * 100, 0)} % intervals.\n");
        Scores(text, report);
        Health(text, report);
        Training(text, report);
        Costs(text, report);
        Comparisons(text, report);
        Champion(text, report);
        Classes(text, report);
        Slices(text, report);
        Findings(text, report);
        Data(text, report);
        Terms(text, report);
        Provenance(text, report);
        return text.ToString();
    }

    private static void Scores(StringBuilder text, RunReport report)
    {
        Score[] scores = ScoreColumns.Of(report);
        text.Append("\n## Candidates\n\n");
        new AlignedTable(["candidate", .. scores.Select(score => score.Title() + "|"), "unanswered|"]).Add(report.Candidates.Select(candidate => (string[])
        [
            Name(candidate),
            .. scores.Select(score => candidate.Metrics is { } metrics ? Scored(score, score.Of(metrics), metrics.Intervals.GetValueOrDefault(score.JsonName())) : Formatting.Absent),
            candidate.Metrics is { } known ? Formatting.Count(ScoreColumns.Unanswered(known)) : Formatting.Absent,
        ])).WriteMarkdown(text);
        foreach (CandidateReport failed in report.Candidates.Where(candidate => candidate.Failure is not null))
        {
            text.Append($"\n{MarkdownText.Plain(failed.Name)} was not evaluated: {MarkdownText.Plain(failed.Failure!.ToString())}\n");
        }
    }

    private static void Health(StringBuilder text, RunReport report)
    {
        if (report.ChampionHealth is not { } health)
        {
            return;
        }

        text.Append($"\n## The champion in use\n\nVersion {health.Version}, which the candidates are set against, in the days before this report.\n\n");
        foreach ((string name, string value) in health.Lines())
        {
            text.Append($"- **{name}**: {MarkdownText.Plain(value)}\n");
        }
    }

    private static void Training(StringBuilder text, RunReport report)
    {
        CandidateReport[] trained = [.. report.Candidates.Where(candidate => candidate.Curve is not null)];
        if (trained.Length == 0)
        {
            return;
        }

        text.Append("\n## Training\n\n");
        foreach (CandidateReport candidate in trained)
        {
            text.Append($"- {Name(candidate)}: {candidate.Curve!.Diagnosis.Words}.\n");
        }

        foreach (CandidateReport candidate in trained.Where(candidate => candidate.Checkpoints.Length > 1))
        {
            bool judged = candidate.Checkpoints.Count(one => one.HoldoutAccuracy is not null) > 1;
            text.Append($"\nCheckpoints of {MarkdownText.Plain(candidate.Name)}, chosen by the validation split:\n\n");
            new AlignedTable(TrainingSection.CheckpointColumns(judged)).Add(candidate.Checkpoints.Select(one => TrainingSection.CheckpointCells(one, judged))).WriteMarkdown(text);
        }
    }

    private static void Costs(StringBuilder text, RunReport report)
    {
        CostReport costs = report.Costs;
        text.Append("\n## Costs\n\n");
        var quoted = (costs.Reconciliation?.Candidates ?? []).ToDictionary(candidate => candidate.Name, StringComparer.Ordinal);
        bool hosted = report.Candidates.Any(candidate => candidate.Cost.HostingUsd > 0);
        string[] hosting = hosted ? ["hosting|"] : [];
        new AlignedTable(["candidate", "model", "training|", "evaluation|", .. hosting, "total|", "quoted|", "1,000 predictions|", "1,000 correct|"]).Add(report.Candidates.Select(candidate => (string[])
        [
            Name(candidate),
            MarkdownText.Plain(candidate.Model),
            Formatting.Usd(candidate.Cost.TrainingUsd),
            Formatting.Usd(candidate.Cost.EvaluationUsd),
            .. hosted ? [Formatting.Usd(candidate.Cost.HostingUsd)] : Array.Empty<string>(),
            Formatting.Usd(candidate.Cost.TotalUsd) + (candidate.Cost.Unpriced ? " and more" : "") + (candidate.Cost.AdoptedUsd > 0 ? $" (an earlier run paid {Formatting.Usd(candidate.Cost.AdoptedUsd)})" : ""),
            quoted.TryGetValue(candidate.Name, out ReconciledCandidate? before) ? Formatting.UsdRange(before.QuotedUsd) : Formatting.Absent,
            Formatting.Usd(candidate.UsdPerThousand),
            Formatting.Usd(candidate.UsdPerThousandCorrect),
        ])).WriteMarkdown(text);
        text.Append($"\nSpent {Formatting.Usd(costs.SpentUsd)}");
        text.Append(costs.Reconciliation is { } all ? $" of {Formatting.UsdRange(all.QuotedUsd)} quoted" : "");
        text.Append(costs.SimulatedUsd > 0 ? $"; the simulated work would have cost {Formatting.Usd(costs.SimulatedUsd)} at list price" : "");
        text.Append(costs.PricesAsOf is { } day ? $". Price book of {day:yyyy-MM-dd}.\n" : ".\n");
    }

    private static void Comparisons(StringBuilder text, RunReport report)
    {
        PairedComparison[] shown = [.. report.Comparisons.Where(comparison => comparison.Score == report.Verdict.Score)];
        if (shown.Length == 0)
        {
            return;
        }

        text.Append($"\n## Paired comparison by {report.Verdict.Score.Title()}\n\nFirst minus second on the same rows; p corrected for {Formatting.Counted(shown.Length, "pair")}.\n\n");
        new AlignedTable(["first", "second", "difference|", "interval|", "p|", "only one right|", "rows needed|", "verdict"]).Add(shown.Select(pair => (string[])
        [
            MarkdownText.Plain(pair.First),
            MarkdownText.Plain(pair.Second),
            Formatting.Difference(pair.Score, pair.Difference),
            Formatting.DifferenceRange(pair.Score, pair.Interval),
            Formatting.PValue(pair.AdjustedPValue),
            pair.OnlyFirst is null ? Formatting.Absent : $"{pair.OnlyFirst:N0} : {pair.OnlySecond:N0}",
            pair.RequiredRows is { } rows ? Formatting.Rows(rows) : Formatting.Absent,
            pair.AdjustedPValue >= report.Alpha ? "not told apart" : $"{MarkdownText.Plain(pair.Difference > 0 != pair.Score.LowerIsBetter() ? pair.First : pair.Second)} is better",
        ])).WriteMarkdown(text);
    }

    private static void Champion(StringBuilder text, RunReport report)
    {
        if (report.Champion is { Agreements.Length: > 0 } champion)
        {
            text.Append($"\n## Agreement with the champion\n\n{MarkdownText.Plain(ChampionSection.Caption(champion))}\n\n");
            new AlignedTable(ChampionSection.Columns).Add(champion.Agreements.Select(one => (string[])[MarkdownText.Plain(one.Candidate), .. ChampionSection.Cells(one).Skip(1)])).WriteMarkdown(text);
        }
    }

    private static void Classes(StringBuilder text, RunReport report)
    {
        if (report.Candidates.FirstOrDefault()?.Metrics is not { } metrics)
        {
            return;
        }

        bool many = metrics.Classes.Length > MostLabels;
        text.Append($"\n## Labels, by {MarkdownText.Plain(report.Candidates[0].Name)}\n\n");
        text.Append(many ? $"The {MostLabels} weakest of {metrics.Classes.Length}; all are in report.json.\n\n" : "");
        IEnumerable<ClassMetrics> shown = many ? metrics.Classes.OrderBy(label => label.F1).Take(MostLabels) : metrics.Classes;
        new AlignedTable(["label", "rows|", "precision|", "recall|", "F1|"]).Add(shown.Select(label => (string[])
        [
            MarkdownText.Plain(label.Label),
            Formatting.Count(label.Rows),
            label.PrecisionInterval is null ? Formatting.Absent : Scored(Score.Accuracy, label.Precision, label.PrecisionInterval),
            label.RecallInterval is null ? Formatting.Absent : Scored(Score.Accuracy, label.Recall, label.RecallInterval),
            label.F1Interval is null ? Formatting.Absent : Scored(Score.Accuracy, label.F1, label.F1Interval),
        ])).WriteMarkdown(text);
    }

    private static void Slices(StringBuilder text, RunReport report)
    {
        if (report.Candidates.FirstOrDefault()?.Metrics is not { Slices.Length: > 0 } metrics)
        {
            return;
        }

        text.Append($"\n## Slices, by {MarkdownText.Plain(report.Candidates[0].Name)}\n\n");
        new AlignedTable(["slice", "value", "rows|", "accuracy|", "macro F1|"]).Add(metrics.Slices.Select(slice => (string[])
        [
            MarkdownText.Plain(slice.Column),
            slice.Value.Length == 0 ? "(empty)" : MarkdownText.Plain(slice.Value),
            Formatting.Count(slice.Rows),
            Scored(Score.Accuracy, slice.Accuracy, slice.Intervals.GetValueOrDefault(Score.Accuracy.JsonName())),
            Scored(Score.MacroF1, slice.MacroF1, slice.Intervals.GetValueOrDefault(Score.MacroF1.JsonName())),
        ])).WriteMarkdown(text);
    }

    private static void Findings(StringBuilder text, RunReport report)
    {
        text.Append("\n## Findings\n\n");
        text.Append(report.Findings.IsEmpty ? "None.\n" : "");
        foreach (Remark finding in report.Findings.OrderByDescending(finding => finding.Level))
        {
            text.Append($"- {(finding.Level == RemarkLevel.Warning ? "**Warning.** " : "")}{MarkdownText.Plain(finding.Message)}\n");
        }
    }

    private static void Data(StringBuilder text, RunReport report)
    {
        RowCounts rows = report.Provenance.Rows;
        (long Count, string What)[] left =
        [
            (rows.Filtered, "filtered out"), (rows.Rejected, "rejected"), (rows.Duplicates, "duplicates"), (rows.Conflicts, "with contradicting labels"), (rows.Balanced, "left out to balance"),
        ];
        text.Append($"\n## Data\n\n{rows.Input:N0} rows in {MarkdownText.Code(report.Provenance.Source.Name)}: {rows.Train:N0} for training, {rows.Validation:N0} for validation, {rows.Test:N0} in the holdout");
        text.Append(string.Concat(left.Where(entry => entry.Count > 0).Select(entry => $", {entry.Count:N0} {entry.What}"))).Append(".\n");
    }

    private static void Terms(StringBuilder text, RunReport report)
    {
        text.Append("\n## Terms\n\n");
        foreach ((string term, string meaning) in ReportTerms.Of(report))
        {
            text.Append($"- **{term}**: {meaning}\n");
        }
    }

    private static void Provenance(StringBuilder text, RunReport report)
    {
        text.Append("\n## Provenance\n\n");
        text.Append($"- drop: {MarkdownText.Code(report.Provenance.Source.Name)}, SHA-256 `{report.Provenance.Source.Sha256}`\n");
        text.Append($"- recipe: SHA-256 `{report.Provenance.RecipeSha256}`\n");
        foreach (ManifestFile file in report.Provenance.Files)
        {
            text.Append($"- {MarkdownText.Plain(file.Name)}: {file.Rows:N0} rows, SHA-256 `{file.Sha256}`\n");
        }

        text.Append($"- prepared by {MarkdownText.Plain(report.Provenance.PreparedBy)}, reported by {MarkdownText.Plain(report.Provenance.ReportedBy)}; ");
        text.Append($"{report.Provenance.Resamples:N0} bootstrap resamples, seed {report.Provenance.BootstrapSeed}\n");
    }

    private static string Name(CandidateReport candidate) =>
        MarkdownText.Plain(candidate.Name) + (candidate.Simulated ? " (simulated)" : "") + (candidate.IsChampion ? " (champion)" : "");

    private static string Scored(Score score, double? value, Interval? interval) => Formatting.ScoreWithRange(score, value, interval);
}
