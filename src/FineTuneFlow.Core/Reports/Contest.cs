using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary>Who may become champion, who is, what each scores and costs.</summary>
internal sealed class Contest
{
    // Two fine-tunes of one model differ by a few tokens of an answer: that is not a saving to decide by.
    private const double ClearlyCheaper = 0.9;

    private readonly ImmutableArray<PairedComparison> _comparisons;

    public Contest(
        PromotionRecipe rule, ImmutableArray<CandidateReport> candidates, ImmutableArray<PairedComparison> comparisons, string? champion, string? refusal)
    {
        Rule = rule;
        _comparisons = comparisons;
        Score asked = rule.Metric.ToScore();
        // A rule by good-versus-bad means nothing for labels without an order: accuracy then, and a finding says so.
        Score = candidates.Any(candidate => candidate.Metrics is not null && asked.Of(candidate.Metrics) is not null) ? asked : Score.Accuracy;
        ChampionName = champion;
        // Of two that score and cost alike the champion stays.
        Scored =
        [
            .. candidates.Where(candidate => candidate.Metrics is not null)
                .OrderByDescending(Value).ThenBy(Price).ThenBy(c => c.Name != champion).ThenBy(c => c.Name, StringComparer.Ordinal),
        ];
        Champion = Scored.FirstOrDefault(candidate => candidate.Name == champion);
        ChampionFailure = candidates.FirstOrDefault(candidate => candidate.Name == champion)?.Failure?.Message ?? refusal;
        Challengers = [.. Scored.Where(candidate => candidate.Name != champion && MayBeChampion(candidate))];
        Contenders = [.. Scored.Where(candidate => candidate == Champion || Challengers.Contains(candidate))];
    }

    public PromotionRecipe Rule { get; }

    /// <summary>What is judged by; more of it is better.</summary>
    public Score Score { get; }

    /// <summary>All that were evaluated, the best first, of equals the cheaper one.</summary>
    public ImmutableArray<CandidateReport> Scored { get; }

    /// <summary>Those that the rule may make champion, without the one that is.</summary>
    public ImmutableArray<CandidateReport> Challengers { get; }

    /// <summary>The challengers and the champion.</summary>
    public ImmutableArray<CandidateReport> Contenders { get; }

    /// <summary>Null: there is none, or it was not evaluated.</summary>
    public CandidateReport? Champion { get; }

    /// <summary>Null: the project has no champion.</summary>
    public string? ChampionName { get; }

    /// <summary>Why the champion was not evaluated, where that is known.</summary>
    public string? ChampionFailure { get; }

    public double Value(CandidateReport candidate) => Score.Of(candidate.Metrics!) ?? double.NegativeInfinity;

    /// <summary>USD for 1,000 answers: 0 for models of our own, infinite where no price is known.</summary>
    public static double Price(CandidateReport candidate) => candidate.Price() ?? double.PositiveInfinity;

    /// <summary>Cheaper by at least a tenth; of two prices one of which is not known only what is free is cheaper.</summary>
    public static bool IsCheaper(CandidateReport one, CandidateReport other) =>
        double.IsInfinity(Price(other)) ? Price(one) == 0 : Price(one) < Price(other) * ClearlyCheaper;

    public Matchup Against(CandidateReport one, CandidateReport other)
    {
        PairedComparison? pair = _comparisons.FirstOrDefault(pair => pair.Score == Score
            && ((pair.First == one.Name && pair.Second == other.Name) || (pair.First == other.Name && pair.Second == one.Name)));
        PairedComparison? seen = pair is null || pair.First == one.Name ? pair : pair.Turned();
        return new Matchup(seen, seen?.Difference ?? (Value(one) - Value(other)), Score, Rule.Alpha);
    }

    /// <summary>Right more often, beyond chance, than an answer that is always the most frequent label.</summary>
    public static bool BeatsConstantAnswer(CandidateReport candidate) =>
        candidate.Metrics!.Intervals[Score.Accuracy.JsonName()].Low > candidate.Metrics.MajorityShare;

    public bool IsEligible(CandidateReport candidate) => Rule.Eligible.IsDefaultOrEmpty
        || Rule.Eligible.Contains(candidate.Name, StringComparer.Ordinal)
        || Rule.Eligible.Contains(candidate.Kind.EligibleAs(), StringComparer.Ordinal);

    private bool MayBeChampion(CandidateReport candidate) =>
        candidate.Kind != OutcomeKind.Champion && candidate.Kind.CanBeServed() && IsEligible(candidate);
}
