using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Some rows of the holdout, by what they have in common.</summary>
/// <param name="Column">A column of the recipe, text length or script.</param>
/// <param name="Value">Its value or band.</param>
/// <param name="Places">Places of the rows in the table.</param>
internal sealed record Slice(string Column, string Value, int[] Places)
{
    public SliceMetrics Score(HoldoutTable table, AnswerColumn column, ScoringOptions options)
    {
        var tally = new Tally(table.Scale);
        var kinds = new Dictionary<(int Truth, int Answer), int>();
        foreach (int place in Places)
        {
            var kind = (table.Truth[place], column.Answers[place]);
            tally.Add(kind.Item1, kind.Item2, 1);
            kinds[kind] = kinds.GetValueOrDefault(kind) + 1;
        }

        var intervals = ImmutableSortedDictionary.CreateBuilder<string, Interval>(StringComparer.Ordinal);
        AddWilson(Evaluation.Score.Accuracy, true);
        AddWilson(Evaluation.Score.OneOffAccuracy, table.Scale.Ordered);
        AddWilson(Evaluation.Score.GoodVersusBad, table.Scale.HasGood);
        if (MacroF1Interval(tally, kinds, options) is { } interval)
        {
            intervals[Evaluation.Score.MacroF1.JsonName()] = interval;
        }

        return new SliceMetrics(
            Column,
            Value,
            Places.Length,
            tally.Value(Evaluation.Score.Accuracy),
            table.Scale.HasGood ? tally.Value(Evaluation.Score.GoodVersusBad) : null,
            table.Scale.Ordered ? tally.Value(Evaluation.Score.OneOffAccuracy) : null,
            tally.Value(Evaluation.Score.MacroF1),
            intervals.ToImmutable());

        void AddWilson(Score score, bool applies)
        {
            if (applies)
            {
                intervals[score.JsonName()] = Proportions.Wilson(tally.Count(score), Places.Length, options.Alpha)!;
            }
        }
    }

    // A bootstrap for every slice of every candidate would cost more than it tells: the jackknife's normal interval.
    private static Interval? MacroF1Interval(Tally tally, Dictionary<(int Truth, int Answer), int> kinds, ScoringOptions options)
    {
        if (tally.Rows < 2)
        {
            return null;
        }

        var leftOut = new double[kinds.Count];
        int[] counts = [.. kinds.Values];
        int at = 0;
        foreach ((int truth, int answer) in kinds.Keys)
        {
            tally.Add(truth, answer, -1);
            leftOut[at++] = tally.Value(Evaluation.Score.MacroF1);
            tally.Add(truth, answer, 1);
        }

        double value = tally.Value(Evaluation.Score.MacroF1);
        double half = Normal.Quantile(1 - (options.Alpha / 2)) * Bca.StandardError(leftOut, counts);
        return half > 0 ? new Interval(Math.Max(0, value - half), Math.Min(1, value + half), IntervalMethod.Jackknife) : null;
    }
}
