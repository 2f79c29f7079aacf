using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary>Decides by the recipe's promotion rule which model to use: <see cref="PromotionChoice"/> chooses among the challengers
/// and the champion, and this asks whether the choice may replace what there is.</summary>
internal sealed class Judge(
    PromotionRecipe rule, ImmutableArray<CandidateReport> candidates, ImmutableArray<PairedComparison> comparisons, string? champion, string? refusal = null)
{
    private readonly Contest _contest = new(rule, candidates, comparisons, champion, refusal);

    public Verdict Decide()
    {
        var sentences = new VerdictSentences(_contest);
        if (_contest.ChampionName is not null && _contest.Champion is null)
        {
            return Keep(sentences.ChampionNotAsked());
        }

        if (_contest.Challengers.IsEmpty)
        {
            return Keep(sentences.NoChallenger());
        }

        CandidateReport best = _contest.Contenders[0];
        if (_contest.Champion is null && rule.RequireSignificance && !Contest.BeatsConstantAnswer(best))
        {
            return Unsure(VerdictSentences.NoBetterThanConstant(best), null);
        }

        Verdict verdict = PromotionChoice.Of(_contest) is not { } choice
            ? Unsure(sentences.Unproven(best), null)
            : _contest.Champion is { } current ? Against(current, choice, sentences) : First(choice, sentences);
        return verdict with
        {
            RunnerUp = _contest.Challengers.FirstOrDefault(candidate => candidate.Name != verdict.Candidate)?.Name,
            Notes = [.. VerdictNotes.Of(_contest, verdict)],
        };
    }

    private Verdict First(CandidateReport choice, VerdictSentences sentences)
    {
        CandidateReport best = _contest.Contenders[0];
        if (rule.RequireSignificance && !Contest.BeatsConstantAnswer(choice))
        {
            // The cheap one may be a constant answer in disguise: then the best one, which is not.
            choice = best;
        }

        if (choice != best)
        {
            return Use(choice, sentences.InsteadOf(choice, best), _contest.Against(choice, best), best.Name);
        }

        CandidateReport? second = _contest.Contenders.FirstOrDefault(candidate => candidate != best);
        return Use(best, sentences.Best(best, second), second is null ? null : _contest.Against(best, second), null);
    }

    private Verdict Against(CandidateReport current, CandidateReport choice, VerdictSentences sentences)
    {
        if (choice == current)
        {
            CandidateReport best = _contest.Challengers[0];
            return Keep(sentences.ChampionStays(current, best), _contest.Against(best, current));
        }

        Matchup matchup = _contest.Against(choice, current);
        if (matchup.IsSurelyBetter)
        {
            return Use(choice, sentences.BeatsChampion(choice, current), matchup, null);
        }

        if (Contest.IsCheaper(choice, current) && !matchup.IsSurelyWorse)
        {
            return Use(choice, sentences.CheaperThanChampion(choice, current), matchup, current.Name);
        }

        if (matchup.Difference <= 0)
        {
            return Keep(sentences.ChampionStays(current, choice), matchup);
        }

        return rule.RequireSignificance
            ? Unsure(sentences.LeadMayBeChance(choice, current), matchup)
            : Use(choice, sentences.LeadIsEnough(choice, current), matchup, null);
    }

    private Verdict Use(CandidateReport candidate, string sentence, Matchup? matchup, string? insteadOf) => Say(
        VerdictKind.Promote, sentence, matchup) with
    {
        Candidate = candidate.Name,
        Headline = $"Use {candidate.Name}: {Formatting.Score(_contest.Score, _contest.Value(candidate))}",
        InsteadOf = insteadOf,
        WorseAtMost = insteadOf is null ? null : matchup?.WorseAtMost,
    };

    private Verdict Keep(string sentence, Matchup? matchup = null) =>
        Say(VerdictKind.Keep, sentence, matchup) with { Headline = _contest.ChampionName is null ? "Nothing to promote" : "Keep the champion" };

    private Verdict Unsure(string sentence, Matchup? matchup) =>
        Say(VerdictKind.NotEnoughData, sentence, matchup) with { Headline = _contest.ChampionName is null ? "Not enough data" : "Not enough data, keep the champion" };

    private Verdict Say(VerdictKind decision, string sentence, Matchup? matchup) => new()
    {
        Decision = decision,
        Champion = _contest.ChampionName,
        Headline = "",
        Sentence = sentence,
        Score = _contest.Score,
        Difference = matchup?.Difference,
        AdjustedPValue = matchup?.Pair?.AdjustedPValue,
        RequiredRows = matchup?.Pair?.RequiredRows,
    };
}
