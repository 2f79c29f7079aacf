namespace FineTuneFlow.Core.Reports;

/// <summary>Which of the contenders <c>promotion.prefer</c> points at. Figures, prices and paired tests only; whether the choice may
/// replace the champion is for <see cref="Judge"/>.</summary>
internal static class PromotionChoice
{
    /// <returns>Null: <c>proven</c> finds no model that is proven.</returns>
    public static CandidateReport? Of(Contest contest)
    {
        CandidateReport best = contest.Contenders[0];
        return contest.Rule.Prefer switch
        {
            Recipes.PromotionPreference.Best => best,
            Recipes.PromotionPreference.Proven => Cheapest(contest, best, model => IsProven(contest, model)),
            _ => Cheapest(contest, best, model => model == best || IsAsGood(contest, model, best)),
        };
    }

    /// <summary><c>thrifty</c>: seen within the margin of a more expensive model, and not surely worse.</summary>
    public static bool IsAsGood(Contest contest, CandidateReport cheap, CandidateReport dear)
    {
        Matchup matchup = contest.Against(cheap, dear);
        return matchup.IsSeenWithin(contest.Rule.Margin) && !matchup.IsSurelyWorse;
    }

    /// <summary><c>proven</c>: surely not worse than any more expensive contender by more than the margin, also where its own figure is the
    /// higher one, since a lead by chance proves nothing.</summary>
    public static bool IsProven(Contest contest, CandidateReport model) => contest.Contenders
        .Where(other => Contest.IsCheaper(model, other))
        .All(dear => contest.Against(model, dear).IsSurelyWithin(contest.Rule.Margin));

    // The contenders stand in the order of their scores: of equally cheap ones the better is found first.
    private static CandidateReport? Cheapest(Contest contest, CandidateReport best, Func<CandidateReport, bool> acceptable) => contest.Contenders
        .Where(model => model == best || Contest.IsCheaper(model, best))
        .Where(acceptable)
        .MinBy(Contest.Price);
}
