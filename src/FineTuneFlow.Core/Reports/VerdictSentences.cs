using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>The verdict in one sentence, with the figures that it rests on and what a cheaper choice could cost.</summary>
internal sealed class VerdictSentences(Contest contest)
{
    public string NoChallenger() => (contest.ChampionName, contest.Scored.Any(candidate => candidate.Name != contest.ChampionName)) switch
    {
        (null, false) => "Nothing to promote: no candidate could be evaluated.",
        (null, true) => "Nothing to promote: no candidate that was evaluated may become champion by promotion.eligible.",
        (_, false) => "Keep the champion: no challenger could be evaluated.",
        _ => "Keep the champion: no challenger that was evaluated may replace it by promotion.eligible.",
    };

    public string ChampionNotAsked()
    {
        string reason = contest.ChampionFailure is { } failure ? $" ({failure.TrimEnd('.')})" : "";
        string best = contest.Challengers.IsEmpty ? "" : $" The best challenger is {contest.Challengers[0].Name} with {Shown(contest.Challengers[0])}.";
        return $"Keep the champion: it could not be asked{reason}, and the rule replaces no model that it has not seen beside its challengers; a person decides.{best}";
    }

    public static string NoBetterThanConstant(CandidateReport best) =>
        $"Not enough data: the best candidate, {best.Name}, is right in {Formatting.Share(best.Metrics!.Accuracy)} of {Rows(best)}, "
        + $"which is not surely more than always answering the most frequent label ({Formatting.Share(best.Metrics.MajorityShare)}).";

    /// <summary><c>proven</c>, and nothing is.</summary>
    public string Unproven(CandidateReport best)
    {
        CandidateReport dear = contest.Contenders.First(other => Contest.IsCheaper(best, other) && !contest.Against(best, other).IsSurelyWithin(contest.Rule.Margin));
        Matchup matchup = contest.Against(best, dear);
        return $"Not enough data{(contest.ChampionName is null ? "" : ", keep the champion")}: {best.Name} has {Shown(best)} on {Rows(best)}, {Above(matchup)} {dear.Name}, which costs more, "
            + $"but may be up to {Distance(matchup.WorseAtMost)} lower: more than the margin of {Margin}{matchup.RowsNeeded(best.Metrics!.N)}.";
    }

    public string Best(CandidateReport best, CandidateReport? second)
    {
        string figures = $"Use {best.Name}: {Shown(best)} on {Rows(best)}, ";
        if (second is null)
        {
            return figures + "the only candidate that could be evaluated and may become champion.";
        }

        Matchup matchup = contest.Against(best, second);
        string lead = matchup.Difference == 0
            ? $"level with {second.Name}{(Contest.IsCheaper(best, second) ? ", which costs more" : "")}"
            : matchup.IsSurelyBetter
                ? $"better than the runner-up {second.Name} beyond chance ({matchup})"
                : $"ahead of the runner-up {second.Name} by what may be chance ({matchup})";
        return $"{figures}{lead}.";
    }

    public string InsteadOf(CandidateReport cheap, CandidateReport dear) =>
        $"Use {cheap.Name}: {Shown(cheap)} on {Rows(cheap)}, {Within(cheap, dear, dear.Name)}.";

    public string CheaperThanChampion(CandidateReport cheap, CandidateReport champion) =>
        $"Use {cheap.Name}: {Shown(cheap)} on {Rows(cheap)}, {Within(cheap, champion, "the champion")}.";

    public string BeatsChampion(CandidateReport challenger, CandidateReport champion) =>
        $"Use {challenger.Name}: {Against(challenger, champion)}, a difference beyond chance.";

    public string LeadIsEnough(CandidateReport challenger, CandidateReport champion) =>
        $"Use {challenger.Name}: {Against(challenger, champion)}, which may be chance, but the recipe does not ask for significance.";

    public string LeadMayBeChance(CandidateReport challenger, CandidateReport champion) =>
        $"Not enough data, keep the champion: {challenger.Name} has {Against(challenger, champion)}, which may be chance"
        + $"{contest.Against(challenger, champion).RowsNeeded(challenger.Metrics!.N)}.";

    public string ChampionStays(CandidateReport champion, CandidateReport challenger) => contest.Against(challenger, champion).Difference > 0
        ? $"Keep the champion: {Shown(champion)} on {Rows(champion)}, {Within(champion, challenger, challenger.Name)}."
        : $"Keep the champion: the best challenger, {challenger.Name}, is no better, with {Against(challenger, champion)}.";

    /// <summary>"is free" or "costs $0.06 instead of $0.13 for 1,000 predictions".</summary>
    public static string Saving(CandidateReport cheap, CandidateReport dear) => Contest.Price(cheap) == 0
        ? "is free"
        : $"costs {Formatting.Usd(Contest.Price(cheap))} instead of {Formatting.Usd(Contest.Price(dear))} for 1,000 predictions";

    /// <summary>"1.2 points", without a sign.</summary>
    public string Distance(double? value) => value is { } known ? Formatting.Difference(contest.Score, Math.Abs(known)).TrimStart('+') : "an unknown amount";

    public string Margin => contest.Score.IsShare()
        ? (contest.Rule.Margin * 100).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture) + (contest.Rule.Margin == 0.01 ? " point" : " points")
        : contest.Rule.Margin.ToString("0.####", System.Globalization.CultureInfo.InvariantCulture);

    private string Within(CandidateReport cheap, CandidateReport dear, string dearName)
    {
        Matchup matchup = contest.Against(cheap, dear);
        string most = matchup.WorseAtMost is not { } worse ? "not compared" : worse == 0 ? "surely no worse" : $"at most {Distance(worse)} worse";
        string saving = Saving(cheap, dear);
        return matchup.Difference > 0
            ? $"{Distance(matchup.Difference)} above {dearName} ({most}), and {saving}"
            : matchup.Difference == 0 ? $"level with {dearName} ({most}), and {saving}" : $"within {Distance(matchup.Difference)} of {dearName} ({most}), and {saving}";
    }

    private string Above(Matchup matchup) => matchup.Difference == 0 ? "level with" : $"{Distance(matchup.Difference)} above";

    private string Against(CandidateReport challenger, CandidateReport champion) =>
        $"{Shown(challenger)} against {Shown(champion)} of the champion on the same {Rows(challenger)} ({contest.Against(challenger, champion)})";

    private string Shown(CandidateReport candidate) => $"{Formatting.Score(contest.Score, contest.Value(candidate))} {contest.Score.Title()}";

    private static string Rows(CandidateReport candidate) => $"{candidate.Metrics!.N:N0} rows";
}
