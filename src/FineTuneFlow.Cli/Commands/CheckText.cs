using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Cli.Commands;

/// <summary>What <c>ftf check</c> says to a person.</summary>
internal static class CheckText
{
    private const int MostClasses = 12;

    public static void Write(TextWriter output, DatasetCheckResult result, Quote quote)
    {
        DatasetProfile profile = result.Profile;
        SourceFacts source = result.Source;
        output.WriteLine($"{source.Name}: {profile.Rows.Input:N0} rows, {Say.Size(source.Bytes)}, {source.Format}, {source.Encoding}{(source.Delimiter is { } d ? $", {d}" : "")}");
        output.WriteLine($"text   {string.Join(" + ", profile.Columns.Text)}  ({profile.Columns.TextReason})");
        output.WriteLine($"label  {profile.Columns.Label}  ({profile.Columns.LabelReason})");
        output.WriteLine($"       {profile.LabelsReason}");
        output.WriteLine();
        WriteRows(output, profile);
        WriteClasses(output, profile);
        output.WriteLine();
        WriteFindings(output, profile);
        output.WriteLine();
        WriteQuote(output, quote);
    }

    private static void WriteRows(TextWriter output, DatasetProfile profile)
    {
        output.WriteLine("  split             rows      median     95 %      longest   tokens (estimate)");
        foreach (SplitProfile split in profile.Splits)
        {
            string name = split.Split.ToString().ToLowerInvariant();
            output.WriteLine(
                $"  {name,-10}  {split.Rows,10:N0}  {split.Characters.Median,10:N0} {split.Characters.P95,8:N0} {split.Characters.Maximum,12:N0}   {Range(split.Tokens.Low, split.Tokens.High)}");
        }

        RowCounts rows = profile.Rows;
        output.WriteLine(
            $"  left out: {rows.Duplicates:N0} duplicates, {rows.Conflicts:N0} conflicts, {rows.Rejected:N0} rejected, {rows.Filtered:N0} filtered");
    }

    private static void WriteClasses(TextWriter output, DatasetProfile profile)
    {
        var classes = profile.Splits[0].Classes;
        var shown = classes.Length <= MostClasses ? classes.AsEnumerable() : classes.OrderByDescending(c => c.Count).Take(MostClasses);
        string good = profile.Labels.Good.IsEmpty ? "" : $"; good: {string.Join(", ", profile.Labels.Good)}";
        output.WriteLine(
            $"  {classes.Length} classes in train: {string.Join(", ", shown.Select(c => $"{c.Name} {c.Count:N0}"))}{(classes.Length > MostClasses ? " ..." : "")}{good}");
    }

    private static void WriteFindings(TextWriter output, DatasetProfile profile)
    {
        if (profile.Findings.IsEmpty)
        {
            output.WriteLine("No findings.");
            return;
        }

        output.WriteLine("Findings");
        foreach (Finding finding in profile.Findings)
        {
            string grade = finding.Grade == FindingGrade.Necessary ? "NECESSARY" : "advisable";
            output.WriteLine($"  {grade}  {finding.Code}: {finding.Count:N0} {finding.Message}");
            output.WriteLine($"             {finding.Remedy}");
            if (finding.AnsweredBy is { } setting)
            {
                output.WriteLine($"             A run stops here until {setting} says which.");
            }

            if (finding.Example is { } example)
            {
                output.WriteLine($"             {example}");
            }

            if (!finding.Lines.IsEmpty)
            {
                output.WriteLine($"             lines {string.Join(", ", finding.Lines)}{(finding.Count > finding.Lines.Length ? "..." : "")}");
            }
        }
    }

    private static void WriteQuote(TextWriter output, Quote quote)
    {
        output.WriteLine($"Quote at list prices ({quote.PricesAsOf:yyyy-MM-dd})");
        foreach (CandidateQuote candidate in quote.Candidates)
        {
            output.WriteLine(
                $"  {candidate.Name,-20} {candidate.Model,-22} {Range(candidate.TrainingTokens.Low, candidate.TrainingTokens.High),24} training tokens   {Say.UsdRange(candidate.TotalUsd.Low, candidate.TotalUsd.High)}{(candidate.Unpriced ? " (no price known)" : "")}");
            foreach (string note in candidate.Notes)
            {
                output.WriteLine($"      {note}");
            }
        }

        output.WriteLine($"  all together {Say.UsdRange(quote.TotalUsd.Low, quote.TotalUsd.High)}, likely {quote.TotalUsd.Likely:0.00}");
        if (quote.OverBudget)
        {
            output.WriteLine($"  The upper estimate is above the recipe's budget of USD {quote.Budget.Usd:0.00}: nothing would be started.");
        }
        else if (quote.NeedsApproval)
        {
            output.WriteLine($"  A run would wait for approval (above USD {quote.Budget.ApproveAbove:0.00}).");
        }
    }

    private static string Range(double low, double high) => $"{low:N0} to {high:N0}";
}
