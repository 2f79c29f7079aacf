using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A row on which two candidates give different answers.</summary>
/// <param name="Label">Its label.</param>
/// <param name="First">The first candidate's answer; null: none.</param>
/// <param name="Second">The second candidate's answer; null: none.</param>
/// <param name="FirstConfidence">Probability the first gave its answer, if it gives any.</param>
/// <param name="SecondConfidence">Probability the second gave its answer.</param>
public sealed record Disagreement(
    string Id, string Text, string Label, string? First, string? Second, double? FirstConfidence, double? SecondConfidence)
{
    internal static ImmutableArray<Disagreement> Find(HoldoutTable table, AnswerColumn first, AnswerColumn second, int most)
    {
        var differing = new List<(int Place, double Confidence)>();
        for (int place = 0; place < table.Rows.Length; place++)
        {
            if (first.Answers[place] != second.Answers[place])
            {
                differing.Add((place, (first[place]?.ProbabilityOfLabel() ?? 0) + (second[place]?.ProbabilityOfLabel() ?? 0)));
            }
        }

        return
        [
            .. differing.OrderByDescending(row => row.Confidence).ThenBy(row => row.Place).Take(most).Select(row => new Disagreement(
                table.Rows[row.Place].Id,
                table.Rows[row.Place].Text,
                table.Rows[row.Place].Label,
                Name(first.Answers[row.Place]),
                Name(second.Answers[row.Place]),
                first[row.Place]?.ProbabilityOfLabel(),
                second[row.Place]?.ProbabilityOfLabel())),
        ];

        string? Name(int answer) => answer < table.Scale.Count ? table.Scale.Labels.Names[answer] : null;
    }
}
