using FineTuneFlow.Cli.Frame;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Cli.Client;

/// <summary>The end of a run on a terminal: which model, how good, at what price.</summary>
internal static class ComparisonTable
{
    public static void Write(TextWriter writer, RunReport report)
    {
        bool ordered = report.Candidates.Any(c => c.Metrics?.OneOffAccuracy is not null);
        bool good = report.Candidates.Any(c => c.Metrics?.GoodVersusBad is not null);
        string[] headings = ["CANDIDATE", "MODEL", "ACCURACY", .. good ? ["GOOD/BAD"] : Array.Empty<string>(), .. ordered ? ["ONE-OFF"] : Array.Empty<string>(), "TRAINING COST", ""];
        var table = new TextTable(headings).AlignRight([.. Enumerable.Range(2, headings.Length - 3)]);
        foreach (CandidateReport candidate in report.Candidates)
        {
            string name = candidate.Name + (candidate.ContinueFrom is { } from ? $" (from {from})" : "");
            table.Add([
                name,
                candidate.Model,
                candidate.Metrics is { } metrics ? Say.Percent(metrics.Accuracy) : "failed",
                .. good ? [Say.Percent(candidate.Metrics?.GoodVersusBad)] : Array.Empty<string>(),
                .. ordered ? [Say.Percent(candidate.Metrics?.OneOffAccuracy)] : Array.Empty<string>(),
                Say.Usd(candidate.Cost.TrainingUsd),
                candidate.Simulated ? "list price, simulated" : "",
            ]);
        }

        table.Write(writer);
        writer.WriteLine($"Judged on {report.HoldoutRows:N0} holdout rows that no trainer saw.");
        if (report.Candidates.Any(c => c.Simulated))
        {
            writer.WriteLine("Simulated candidates were really trained, by the simulator's small classifier: their scores say nothing about the models of those names.");
        }

        writer.WriteLine();
        writer.WriteLine($"Verdict  {report.Verdict.Sentence}");
        foreach (string note in report.Verdict.Notes)
        {
            writer.WriteLine($"         {note}");
        }
    }
}
