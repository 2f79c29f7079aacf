using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Two models in a row: the small one answers, and where it is not confident enough, the large one is asked as well.</summary>
public static class Cascade
{
    /// <summary>What each threshold would have given on the judged rows.</summary>
    /// <param name="small">The small model's answers, a row each: whether it is right, and the probability of its answer (0 without one).</param>
    /// <param name="largeCorrect">Whether the large model is right, by the same rows.</param>
    /// <param name="smallPrice">USD for 1,000 predictions; every row is asked.</param>
    /// <param name="largePrice">USD for 1,000 predictions; only the rows below the threshold are asked.</param>
    /// <param name="points">How many thresholds at most besides the two ends, at equal shares of the rows.</param>
    /// <returns>From "the small one alone" to "always the large one"; empty without rows.</returns>
    public static ImmutableArray<CascadePoint> Of(
        IReadOnlyList<(bool Correct, double Confidence)> small, IReadOnlyList<bool> largeCorrect, double smallPrice, double largePrice, int points = 49)
    {
        int rows = small.Count;
        if (rows == 0)
        {
            return [];
        }

        int[] order = [.. Enumerable.Range(0, rows).OrderBy(row => small[row].Confidence).ThenBy(row => row)];
        int correct = small.Count(row => row.Correct);
        var made = ImmutableArray.CreateBuilder<CascadePoint>();
        made.Add(Point(0, 0, correct));
        int next = 1;
        for (int passed = 1; passed <= rows; passed++)
        {
            int row = order[passed - 1];
            correct += (largeCorrect[row] ? 1 : 0) - (small[row].Correct ? 1 : 0);
            bool isLast = passed == rows;
            // Rows of one confidence go to the large model together: no threshold lies between them.
            if (!isLast && small[order[passed]].Confidence == small[row].Confidence)
            {
                continue;
            }

            if (isLast || (long)passed * (points + 1) >= (long)next * rows)
            {
                made.Add(Point(isLast ? 1 : small[order[passed]].Confidence, passed, correct));
                next = (int)((long)passed * (points + 1) / rows) + 1;
            }
        }

        return made.ToImmutable();

        CascadePoint Point(double threshold, int passed, int right) => new(
            threshold, (double)passed / rows, (double)right / rows, smallPrice + (largePrice * passed / rows));
    }
}

/// <param name="Threshold">The small model's answer stands where its probability is at least this; 1 at the end: always ask the large one.</param>
/// <param name="Passed">Share of rows that go on to the large model.</param>
/// <param name="Accuracy">Of both together.</param>
/// <param name="UsdPerThousand">For 1,000 predictions.</param>
public sealed record CascadePoint(double Threshold, double Passed, double Accuracy, double UsdPerThousand);
