using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A row whose label is contradicted by every candidate whose judgement counts, all with the same answer: perhaps the label
/// is wrong. In the spirit of C. Northcutt, L. Jiang and I. Chuang, "Confident learning", JAIR 70, 2021, with agreement of models in
/// place of one model's threshold.</summary>
/// <param name="Id">The row.</param>
/// <param name="Text">Its text.</param>
/// <param name="Label">The label it has.</param>
/// <param name="Suggested">The answer of all those candidates.</param>
/// <param name="Confidence">Mean probability that they gave it; null where none gives probabilities.</param>
/// <param name="Agreeing">How many candidates.</param>
/// <param name="Slices">The row's slice columns.</param>
public sealed record LabelSuspect(
    string Id,
    string Text,
    string Label,
    string Suggested,
    double? Confidence,
    int Agreeing,
    ImmutableSortedDictionary<string, string>? Slices = null)
{
    internal static ImmutableArray<LabelSuspect> Find(HoldoutTable table, IReadOnlyList<AnswerColumn> judges)
    {
        if (judges.Count == 0)
        {
            return [];
        }

        var suspects = new List<LabelSuspect>();
        for (int place = 0; place < table.Rows.Length; place++)
        {
            int answer = judges[0].Answers[place];
            if (answer == table.Truth[place] || answer == table.Scale.Count || judges.Any(judge => judge.Answers[place] != answer))
            {
                continue;
            }

            double[] confidences = [.. judges.Select(judge => judge[place]?.ProbabilityOfLabel()).OfType<double>()];
            suspects.Add(new LabelSuspect(
                table.Rows[place].Id,
                table.Rows[place].Text,
                table.Rows[place].Label,
                table.Scale.Labels.Names[answer],
                confidences.Length > 0 ? confidences.Sum() / confidences.Length : null,
                judges.Count,
                table.Rows[place].Slices));
        }

        return [.. suspects.OrderByDescending(suspect => suspect.Confidence ?? -1).ThenBy(suspect => suspect.Id, StringComparer.Ordinal)];
    }
}
