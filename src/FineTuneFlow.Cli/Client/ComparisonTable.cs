using FineTuneFlow.Cli.CommandLine;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Cli.Client;

/// <summary>The end of a run on a terminal: which model, how good, at what price.</summary>
internal static class ComparisonTable
{
    public static void Write(TextWriter writer, RunReport report)
    {
        bool ordered = report.Candidates.Any(c => c.Metrics?.OneOffAccuracy is not null);
        bool good = report.Candidates.Any(c => c.Metrics?.GoodVersusBad is not null);
        string[] headings =
        [
            "", "CANDIDATE", "MODEL", "ACCURACY", .. good ? ["GOOD/BAD"] : Array.Empty<string>(), .. ordered ? ["ONE-OFF"] : Array.Empty<string>(),
            "TRAINING", "PER 1,000",
        ];
        TextTable table = new TextTable(headings).AlignRight([.. Enumerable.Range(3, headings.Length - 3)]).Shorten(1, 2);
        foreach (CandidateReport candidate in report.Candidates)
        {
            table.Add([
                candidate.Name == report.Verdict.Candidate ? ">" : "",
                candidate.Name,
                candidate.ContinueFrom is { } from ? $"from {from}" : candidate.Model,
                candidate.Metrics is { } metrics ? Say.Percent(metrics.Accuracy) : "failed",
                .. good ? [Say.Percent(candidate.Metrics?.GoodVersusBad)] : Array.Empty<string>(),
                .. ordered ? [Say.Percent(candidate.Metrics?.OneOffAccuracy)] : Array.Empty<string>(),
                Say.Usd(candidate.Cost.TrainingUsd),
                candidate.UsdPerThousand is { } price ? Say.Price(price) : candidate.Kind.IsOwn() ? "$0" : "",
            ]);
        }

        table.Write(writer);
        writer.WriteLine($"Judged on {report.HoldoutRows:N0} holdout rows that no trainer saw. PER 1,000: what so many answers cost.");
        string[] simulated = [.. report.Candidates.Where(c => c.Simulated).Select(c => c.Name)];
        if (simulated.Length > 0)
        {
            Paragraph.Write(writer, "", $"Simulated: {string.Join(", ", simulated)}. Really trained, by the simulator's small classifier: their scores say nothing about the models of those names; their costs are list prices that nobody paid.");
        }

        writer.WriteLine();
        Paragraph.Write(writer, "Verdict  ", report.Verdict.Sentence);
        foreach (string note in report.Verdict.Notes)
        {
            Paragraph.Write(writer, "         ", note);
        }
    }
}
