using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary>What else the decider should know: rows still needed, what the cheaper model would have cost, who was left out.</summary>
internal static class VerdictNotes
{
    public static IEnumerable<string> Of(Contest contest, Verdict verdict)
    {
        CandidateReport best = contest.Contenders[0];
        CandidateReport used = contest.Contenders.FirstOrDefault(candidate => candidate.Name == verdict.Candidate) ?? contest.Champion ?? best;
        CandidateReport? other = used != best ? best : contest.Contenders.FirstOrDefault(candidate => candidate != used);
        if (verdict.Decision == VerdictKind.Promote && other is not null && contest.Against(used, other) is { IsSurelyBetter: false, IsSurelyWorse: false, Pair.RequiredRows: { } needed })
        {
            yield return $"To tell {used.Name} from {other.Name}, should they differ by as much as here, would take about {Formatting.Rows(needed)} holdout rows; there are {used.Metrics!.N:N0}.";
        }

        if (verdict.Decision == VerdictKind.Promote && Cheaper(contest, used) is { } cheaper)
        {
            yield return NotTaken(contest, cheaper, used);
        }

        if (contest.Scored.FirstOrDefault(candidate => contest.Value(candidate) > contest.Value(best)) is { } higher)
        {
            string why = contest.IsEligible(higher) ? "its kind cannot be asked as a champion yet" : "promotion.eligible leaves it out";
            yield return $"{higher.Name} has the highest figure, {Formatting.Score(contest.Score, contest.Value(higher))} {contest.Score.Title()}, but {why}.";
        }
    }

    private static CandidateReport? Cheaper(Contest contest, CandidateReport used) =>
        contest.Contenders.Where(candidate => Contest.IsCheaper(candidate, used)).MinBy(Contest.Price);

    private static string NotTaken(Contest contest, CandidateReport cheap, CandidateReport used)
    {
        var sentences = new VerdictSentences(contest);
        Matchup matchup = contest.Against(cheap, used);
        string saving = $"{cheap.Name} {VerdictSentences.Saving(cheap, used)}";
        string seen = matchup.Difference == 0 ? $"is level with {used.Name}" : $"was seen {sentences.Distance(matchup.Difference)} {(matchup.Difference < 0 ? "lower" : "higher")}";
        string most = matchup.WorseAtMost is { } worse ? $" (at most {sentences.Distance(worse)} lower)" : "";
        string reason = contest.Rule.Prefer == PromotionPreference.Best
            ? "the recipe prefers the highest figure"
            : matchup.IsSurelyWorse ? "which is not chance"
            : contest.Rule.Prefer == PromotionPreference.Proven ? $"which does not prove it within the margin of {sentences.Margin}"
            : !matchup.IsSeenWithin(contest.Rule.Margin) ? $"more than the margin of {sentences.Margin}"
            : "and is not surely better than always answering the most frequent label";
        return $"{saving}, but {seen}{most}, {reason}.";
    }
}
