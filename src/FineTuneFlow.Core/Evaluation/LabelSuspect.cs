using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A row whose label is contradicted by every candidate whose judgement counts, all with the same answer: perhaps the label
/// is wrong. Agreement alone would name every hard row of a hard task; so, after C. Northcutt, L. Jiang and I. Chuang, "Confident
/// learning", JAIR 70, 2021, they must also be at least as sure of their answer as they are, on average, of that label on the rows
/// that have it. Candidates without probabilities are judged by agreement alone.</summary>
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

        double?[] usual = UsualConfidence(table, judges);
        var suspects = new List<LabelSuspect>();
        for (int place = 0; place < table.Rows.Length; place++)
        {
            int answer = judges[0].Answers[place];
            if (answer == table.Truth[place] || answer == table.Scale.Count || judges.Any(judge => judge.Answers[place] != answer))
            {
                continue;
            }

            double? confidence = MeanProbability(table, judges, place, answer);
            if (confidence < usual[answer])
            {
                continue;
            }

            suspects.Add(new LabelSuspect(
                table.Rows[place].Id,
                table.Rows[place].Text,
                table.Rows[place].Label,
                table.Scale.Labels.Names[answer],
                confidence,
                judges.Count,
                table.Rows[place].Slices));
        }

        return [.. suspects.OrderByDescending(suspect => suspect.Confidence ?? -1).ThenBy(suspect => suspect.Id, StringComparer.Ordinal)];
    }

    // Mean probability that the judges give a label on the rows that have it, by label; null where none gives probabilities.
    private static double?[] UsualConfidence(HoldoutTable table, IReadOnlyList<AnswerColumn> judges)
    {
        var sums = new double[table.Scale.Count];
        var rows = new int[table.Scale.Count];
        for (int place = 0; place < table.Rows.Length; place++)
        {
            if (MeanProbability(table, judges, place, table.Truth[place]) is { } confidence)
            {
                sums[table.Truth[place]] += confidence;
                rows[table.Truth[place]]++;
            }
        }

        return [.. sums.Select((sum, label) => rows[label] > 0 ? sum / rows[label] : (double?)null)];
    }

    private static double? MeanProbability(HoldoutTable table, IReadOnlyList<AnswerColumn> judges, int place, int label)
    {
        (double sum, int known) = (0, 0);
        foreach (AnswerColumn judge in judges)
        {
            if (judge[place]?.Probabilities is { } probabilities)
            {
                sum += probabilities.GetValueOrDefault(table.Scale.Labels.Names[label]);
                known++;
            }
        }

        return known > 0 ? sum / known : null;
    }
}
