using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary><c>report.md</c>: the report for a terminal, a pull request or a model card.</summary>
public static class ReportMarkdown
{
    public static string Write(RunReport report)
    {
        var text = new StringBuilder();
        text.Append($"# {Plain(report.Project)}: which model to use\n\n");
        text.Append($"**{Plain(report.Verdict.Sentence)}**\n\n");
        foreach (string note in report.Verdict.Notes)
        {
            text.Append($"- {Plain(note)}\n");
        }

        text.Append($"\nRun `{report.RunId}`, {report.StartedAt:yyyy-MM-dd HH:mm} to {report.EndedAt:yyyy-MM-dd HH:mm} UTC, ");
        text.Append($"{report.HoldoutRows:N0} holdout rows{(report.Sampled ? " (a sample)" : "")}, {report.Labels.Names.Length} labels, ");
        text.Append($"intervals at {Formatting.Number((1 - report.Alpha) * 100, 0)} %.\n");
        Candidates(text, report);
        Comparisons(text, report);
        Classes(text, report);
        Slices(text, report);
        Findings(text, report);
        Data(text, report);
        Provenance(text, report);
        return text.ToString();
    }

    private static void Candidates(StringBuilder text, RunReport report)
    {
        Score[] scores = ScoreColumns.Of(report);
        text.Append("\n## Candidates\n\n| candidate | model | ").AppendJoin(" | ", scores.Select(score => score.Title()));
        text.Append(" | unanswered | training | per 1,000 | per 1,000 correct |\n| --- | --- |");
        text.Append(string.Concat(Enumerable.Repeat(" ---: |", scores.Length + 4))).Append('\n');
        foreach (CandidateReport candidate in report.Candidates)
        {
            text.Append($"| {Name(candidate)} | {Plain(candidate.Model)} |");
            foreach (Score score in scores)
            {
                text.Append(candidate.Metrics is { } metrics
                    ? $" {Formatting.Score(score, score.Of(metrics))} ({Formatting.Range(score, metrics.Intervals.GetValueOrDefault(score.JsonName()))}) |"
                    : $" {Formatting.Absent} |");
            }

            text.Append($" {(candidate.Metrics is { } known ? Formatting.Count(ScoreColumns.Unanswered(known)) : Formatting.Absent)} |");
            text.Append($" {Formatting.Usd(candidate.Cost.TrainingUsd)} | {Formatting.Usd(candidate.UsdPerThousand)} | {Formatting.Usd(candidate.UsdPerThousandCorrect)} |\n");
        }

        text.Append($"\nSpent {Formatting.Usd(report.Costs.SpentUsd)}");
        text.Append(report.Costs.QuotedUsd is { } quoted ? $" of at most {Formatting.Usd(quoted)} quoted" : "");
        text.Append(report.Costs.SimulatedUsd > 0 ? $"; the simulated work would have cost {Formatting.Usd(report.Costs.SimulatedUsd)} at list price" : "");
        text.Append(".\n");
    }

    private static void Comparisons(StringBuilder text, RunReport report)
    {
        PairedComparison[] shown = [.. report.Comparisons.Where(comparison => comparison.Score == report.Verdict.Score)];
        if (shown.Length == 0)
        {
            return;
        }

        text.Append($"\n## Paired comparison by {report.Verdict.Score.Title()}\n\n");
        text.Append("| first | second | difference | interval | p (corrected) | rows only the first / second has right | rows needed |\n");
        text.Append("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
        foreach (PairedComparison comparison in shown)
        {
            string only = comparison.OnlyFirst is null ? Formatting.Absent : $"{comparison.OnlyFirst:N0} / {comparison.OnlySecond:N0}";
            text.Append($"| {Plain(comparison.First)} | {Plain(comparison.Second)} | {Formatting.Difference(comparison.Score, comparison.Difference)} | ");
            text.Append($"{Formatting.DifferenceRange(comparison.Score, comparison.Interval)} | {Formatting.P(comparison.AdjustedPValue)} | {only} | ");
            text.Append($"{(comparison.RequiredRows is { } rows ? Formatting.Rows(rows) : Formatting.Absent)} |\n");
        }
    }

    private static void Classes(StringBuilder text, RunReport report)
    {
        if (report.Candidates.FirstOrDefault()?.Metrics is not { } metrics)
        {
            return;
        }

        text.Append($"\n## Labels of {Plain(report.Candidates[0].Name)}\n\n| label | rows | precision | recall | F1 |\n| --- | ---: | ---: | ---: | ---: |\n");
        foreach (ClassMetrics label in metrics.Classes)
        {
            text.Append($"| {Plain(label.Label)} | {label.Rows:N0} | {WithRange(label.Precision, label.PrecisionInterval)} | ");
            text.Append($"{WithRange(label.Recall, label.RecallInterval)} | {WithRange(label.F1, label.F1Interval)} |\n");
        }
    }

    private static void Slices(StringBuilder text, RunReport report)
    {
        if (report.Candidates.FirstOrDefault()?.Metrics is not { Slices.Length: > 0 } metrics)
        {
            return;
        }

        text.Append($"\n## Slices of {Plain(report.Candidates[0].Name)}\n\n| slice | value | rows | accuracy | macro F1 |\n| --- | --- | ---: | ---: | ---: |\n");
        foreach (SliceMetrics slice in metrics.Slices)
        {
            text.Append($"| {Plain(slice.Column)} | {Plain(slice.Value)} | {slice.Rows:N0} | ");
            text.Append($"{WithRange(slice.Accuracy, slice.Intervals.GetValueOrDefault("accuracy"))} | {Formatting.Number(slice.MacroF1)} |\n");
        }
    }

    private static void Findings(StringBuilder text, RunReport report)
    {
        text.Append("\n## Findings\n\n");
        text.Append(report.Findings.IsEmpty ? "None.\n" : "");
        foreach (Finding finding in report.Findings.OrderByDescending(finding => finding.Level))
        {
            text.Append($"- {(finding.Level == FindingLevel.Warning ? "**Warning.** " : "")}{Plain(finding.Message)}\n");
        }
    }

    private static void Data(StringBuilder text, RunReport report)
    {
        RowCounts rows = report.Provenance.Rows;
        text.Append($"\n## Data\n\n{rows.Input:N0} rows in `{Plain(report.Provenance.Source.Name)}`: {rows.Train:N0} for training, {rows.Validation:N0} for validation, ");
        text.Append($"{rows.Test:N0} in the holdout; {rows.Filtered:N0} filtered out, {rows.Rejected:N0} rejected, {rows.Duplicates:N0} duplicates, ");
        text.Append($"{rows.Conflicts:N0} with contradicting labels, {rows.Balanced:N0} left out to balance.\n");
    }

    private static void Provenance(StringBuilder text, RunReport report)
    {
        text.Append("\n## Provenance\n\n");
        text.Append($"- drop: `{Plain(report.Provenance.Source.Name)}`, SHA-256 `{report.Provenance.Source.Sha256}`\n");
        text.Append($"- recipe: SHA-256 `{report.Provenance.RecipeSha256}`\n");
        foreach (ManifestFile file in report.Provenance.Files)
        {
            text.Append($"- {file.Name}: {file.Rows:N0} rows, SHA-256 `{file.Sha256}`\n");
        }

        text.Append($"- prepared by {Plain(report.Provenance.PreparedBy)}, reported by {Plain(report.Provenance.ReportedBy)}; ");
        text.Append($"{report.Provenance.Resamples:N0} bootstrap resamples, seed {report.Provenance.BootstrapSeed}\n");
    }

    private static string Name(CandidateReport candidate) =>
        Plain(candidate.Name) + (candidate.Simulated ? " (simulated)" : "") + (candidate.IsChampion ? " (champion)" : "");

    private static string WithRange(double value, Interval? interval) =>
        interval is null ? Formatting.Absent : $"{Formatting.Share(value)} ({Formatting.Range(Score.Accuracy, interval)})";

    // Names, labels and messages come from files and services: none of it may become markup or end a table's cell.
    private static string Plain(string? value)
    {
        var plain = new StringBuilder();
        foreach (char c in value ?? "")
        {
            plain.Append(c switch
            {
                '\r' or '\n' or '\t' => " ",
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '|' or '*' or '`' or '[' or ']' or '\\' or '_' or '#' or '~' => "\\" + c,
                _ => c.ToString(),
            });
        }

        return plain.ToString();
    }
}
