using System.Collections.Immutable;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>Candidates that none other beats in both price and score (Pareto's frontier).</summary>
public static class Frontier
{
    /// <param name="candidates">Each with its price (USD for 1,000 predictions) and score.</param>
    /// <param name="lowerIsBetter">Whether a smaller score is the better one.</param>
    /// <returns>Names, the cheapest first. Of candidates alike in both, all stand on the frontier.</returns>
    public static ImmutableArray<string> Of(IEnumerable<(string Name, double Price, double Score)> candidates, bool lowerIsBetter)
    {
        var frontier = ImmutableArray.CreateBuilder<string>();
        double best = double.NegativeInfinity;
        foreach (var level in candidates
            .Select(candidate => (candidate.Name, candidate.Price, Gain: lowerIsBetter ? -candidate.Score : candidate.Score))
            .GroupBy(candidate => candidate.Price)
            .OrderBy(level => level.Key))
        {
            double top = level.Max(candidate => candidate.Gain);
            if (top > best)
            {
                best = top;
                frontier.AddRange(level.Where(candidate => candidate.Gain == top).Select(candidate => candidate.Name));
            }
        }

        return frontier.ToImmutable();
    }
}
