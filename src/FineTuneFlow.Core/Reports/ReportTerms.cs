using System.Globalization;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>The words of a report with their meaning in a sentence each; only those that the report uses.</summary>
internal static class ReportTerms
{
    public static IEnumerable<(string Term, string Meaning)> Of(RunReport report)
    {
        string level = ((1 - report.Alpha) * 100).ToString("0.#", CultureInfo.InvariantCulture);
        yield return ("holdout", "The rows that were set aside before any training and never sent to a training service: what a model does on them is what to expect of it on new texts of the same kind.");
        yield return ("interval", $"The range that holds the true value in {level} of 100 such experiments. The fewer rows, the wider.");
        if (!report.Comparisons.IsEmpty)
        {
            yield return ("points", "Percentage points: from 70 % to 72 % is two points.");
            yield return ("p", "How often a difference at least this large would come about by chance if both were equally good. Corrected: made larger because several pairs are compared at once, each of which might differ by chance.");
            yield return ("not told apart", "The difference may be chance. It does not say that both are equally good.");
        }

        foreach (Score score in Enum.GetValues<Score>().Where(score => report.Candidates.Any(candidate => candidate.Metrics is not null && score.Of(candidate.Metrics) is not null)))
        {
            yield return (score.Title(), score.Meaning());
        }

        if (report.Candidates.Any(candidate => candidate.Metrics is not null))
        {
            yield return ("precision, recall, F1", "Of the rows that were given a label, the share that has it; of the rows that have a label, the share that was given it; and the mean of the two that is near the smaller one.");
        }

        if (report.ChampionHealth is { Drift.Length: > 0 })
        {
            yield return ("drift", "What is asked is no longer like the holdout that the champion was judged by. Measured by the population stability index (0: the same shares; from 0.2 on usually a change worth a look) and, since few texts differ by chance, by a chi-square test beside it.");
        }

        if (report.Suspects is { Total: > 0 })
        {
            yield return ("suspects", "Rows on which all good candidates agree on another label than the one given. Often the label is wrong, sometimes the models are.");
        }
    }
}
