using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;

namespace FineTuneFlow.Core.Tests.Reports;

/// <summary>The rule of promotion as a table: what was seen, and the sentence that follows. "gpt 73.5 $0.13" is a fine-tune with that
/// accuracy and that price for 1,000 answers; "gpt-linear +0.5 -2.4..3.4 p 0.60" a paired comparison with its one-sided bounds in points
/// and p corrected; pairs that are not given were not compared.</summary>
public sealed class VerdictTableTests
{
    private const int Rows = 1000;
    private const double Majority = 40;

    public static TheoryData<string, string, string, string, string> Rules => new()
    {
        // ------------------------------------------------------------------ no champion yet
        { "one candidate", "", "gpt 73.5 $0.13", "",
            "Use gpt: 73.5 % accuracy on 1,000 rows, the only candidate that could be evaluated and may become champion." },
        { "nothing evaluated", "", "gpt failed", "",
            "Nothing to promote: no candidate could be evaluated." },
        { "better beyond chance than the runner-up", "", "gpt 73.5 $0.13; gpt-2 70.0 $0.13", "gpt-gpt-2 +3.5 1.5..5.5 p 0.01",
            "Use gpt: 73.5 % accuracy on 1,000 rows, better than the runner-up gpt-2 beyond chance (+3.5 points, p = 0.010)." },
        { "ahead by what may be chance", "", "gpt 73.5 $0.13; gpt-2 72.0 $0.13", "gpt-gpt-2 +1.5 -0.5..3.5 p 0.20",
            "Use gpt: 73.5 % accuracy on 1,000 rows, ahead of the runner-up gpt-2 by what may be chance (+1.5 points, p = 0.20)." },
        { "p of exactly alpha is chance", "", "gpt 73.5 $0.13; gpt-2 72.0 $0.13", "gpt-gpt-2 +1.5 0..3 p 0.05",
            "Use gpt: 73.5 % accuracy on 1,000 rows, ahead of the runner-up gpt-2 by what may be chance (+1.5 points, p = 0.050)." },
        { "level, the cheaper one", "", "gpt 73.5 $0.13; mini 73.5 $0.04", "gpt-mini +0.0 -1..1 p 1",
            "Use mini: 73.5 % accuracy on 1,000 rows, level with gpt, which costs more." },
        { "level at the same price", "", "gpt 73.5 $0.13; gpt-2 73.5 $0.13", "gpt-gpt-2 +0.0 -1..1 p 1",
            "Use gpt: 73.5 % accuracy on 1,000 rows, level with gpt-2." },
        { "no better than always the same answer", "", "gpt 42.0 $0.13", "",
            "Not enough data: the best candidate, gpt, is right in 42.0 % of 1,000 rows, which is not surely more than always answering the most frequent label (40.0 %)." },

        { "no better than always the same answer, and that is enough", "significance no", "gpt 42.0 $0.13", "",
            "Use gpt: 42.0 % accuracy on 1,000 rows, the only candidate that could be evaluated and may become champion." },
        { "a cheap one that may always give the same answer is not used", "", "gpt 44.0 $0.13; linear 43.0", "gpt-linear +1.0 -1..3 p 0.50",
            "Use gpt: 44.0 % accuracy on 1,000 rows, ahead of the runner-up linear by what may be chance (+1.0 points, p = 0.50)." },
        { "a cheap one that may always give the same answer, and that is enough", "significance no", "gpt 44.0 $0.13; linear 43.0", "gpt-linear +1.0 -1..3 p 0.50",
            "Use linear: 43.0 % accuracy on 1,000 rows, within 1.0 points of gpt (at most 3.0 points worse), and is free." },
        { "the runner-up is the second of three", "", "gpt 74.0 $0.13; gpt-2 73.0 $0.13; third 70.0 $0.13", "gpt-gpt-2 +1 -1..3 p 0.50; gpt-third +4 2..6 p 0.001",
            "Use gpt: 74.0 % accuracy on 1,000 rows, ahead of the runner-up gpt-2 by what may be chance (+1.0 points, p = 0.50)." },

        // ------------------------------------------------------------------ thrifty: to pay more, there must be evidence
        { "thrifty: a free one within the margin", "", "gpt 73.5 $0.13; linear 73.3", "gpt-linear +0.2 -2.4..2.8 p 0.90",
            "Use linear: 73.3 % accuracy on 1,000 rows, within 0.2 points of gpt (at most 2.8 points worse), and is free." },
        { "thrifty: a free one that is above on the rows of both", "", "gpt 73.5 $0.13; linear 73.3", "linear-gpt +0.4 0.1..0.7 p 0.50",
            "Use linear: 73.3 % accuracy on 1,000 rows, 0.4 points above gpt (surely no worse), and is free." },
        { "thrifty: a free one that is level on the rows of both", "", "gpt 73.5 $0.13; linear 73.3", "gpt-linear 0 -1..1 p 1",
            "Use linear: 73.3 % accuracy on 1,000 rows, level with gpt (at most 1.0 points worse), and is free." },
        { "thrifty: a cheaper one within the margin", "", "gpt 73.5 $0.13; mini 73.3 $0.06", "gpt-mini +0.2 -2.4..2.8 p 0.90",
            "Use mini: 73.3 % accuracy on 1,000 rows, within 0.2 points of gpt (at most 2.8 points worse), and costs $0.060 instead of $0.130 for 1,000 predictions." },
        { "thrifty: exactly the margin is within it", "", "gpt 74.0 $0.13; linear 73.0", "gpt-linear +1.0 -1..3 p 0.50",
            "Use linear: 73.0 % accuracy on 1,000 rows, within 1.0 points of gpt (at most 3.0 points worse), and is free." },
        { "thrifty: outside the margin", "", "gpt 74.0 $0.13; linear 72.9", "gpt-linear +1.1 -1..3.1 p 0.40",
            "Use gpt: 74.0 % accuracy on 1,000 rows, ahead of the runner-up linear by what may be chance (+1.1 points, p = 0.40)." },
        { "thrifty: within the margin and surely worse", "", "gpt 74.0 $0.13; linear 73.2", "gpt-linear +0.8 0.4..1.2 p 0.01",
            "Use gpt: 74.0 % accuracy on 1,000 rows, better than the runner-up linear beyond chance (+0.8 points, p = 0.010)." },
        { "thrifty: of several within the margin the cheapest", "", "gpt 74.0 $0.13; mini 73.9 $0.06; linear 73.2", "gpt-mini +0.1 -2..2 p 1; gpt-linear +0.8 -1.5..3.1 p 0.60; mini-linear +0.7 -1.5..3 p 0.70",
            "Use linear: 73.2 % accuracy on 1,000 rows, within 0.8 points of gpt (at most 3.1 points worse), and is free." },
        { "thrifty: a saving of less than a tenth is none", "", "gpt 74.0 $0.130; gpt-2 73.9 $0.120", "gpt-gpt-2 +0.1 -2..2 p 1",
            "Use gpt: 74.0 % accuracy on 1,000 rows, ahead of the runner-up gpt-2 by what may be chance (+0.1 points, p = 1.00)." },
        { "thrifty: a price that is not known is not cheap", "", "gpt 74.0 $0.13; rented 73.9 $?", "gpt-rented +0.1 -2..2 p 1",
            "Use gpt: 74.0 % accuracy on 1,000 rows, ahead of the runner-up rented by what may be chance (+0.1 points, p = 1.00)." },
        { "thrifty: a wider margin", "margin 3", "gpt 74.0 $0.13; linear 71.5", "gpt-linear +2.5 -0.1..5 p 0.08",
            "Use linear: 71.5 % accuracy on 1,000 rows, within 2.5 points of gpt (at most 5.0 points worse), and is free." },

        // ------------------------------------------------------------------ proven and best
        { "proven: surely within the margin", "proven", "gpt 73.5 $0.13; linear 73.3", "gpt-linear +0.2 -0.5..0.9 p 0.70",
            "Use linear: 73.3 % accuracy on 1,000 rows, within 0.2 points of gpt (at most 0.9 points worse), and is free." },
        { "proven: seen within the margin is not proven", "proven", "gpt 73.5 $0.13; linear 73.3", "gpt-linear +0.2 -0.6..1.0 p 0.70",
            "Use gpt: 73.5 % accuracy on 1,000 rows, ahead of the runner-up linear by what may be chance (+0.2 points, p = 0.70)." },
        { "proven: a lead of the cheap one proves nothing by itself", "proven", "gpt 73.0 $0.13; linear 73.3", "gpt-linear -0.3 -2.5..1.9 p 0.80",
            "Not enough data: linear has 73.3 % accuracy on 1,000 rows, 0.3 points above gpt, which costs more, but may be up to 1.9 points lower: more than the margin of 1 point." },
        { "proven: level proves nothing either", "proven", "gpt 73.0 $0.13; linear 73.0", "linear-gpt 0 -2..2 p 1",
            "Not enough data: linear has 73.0 % accuracy on 1,000 rows, level with gpt, which costs more, but may be up to 2.0 points lower: more than the margin of 1 point." },
        { "proven: the dear one is named that it is not proven against", "proven", "linear 73.3; gpt 73.0 $0.13; big 72.0 $0.13; last 60.0 $0.13", "linear-gpt +0.3 -0.5..1.1 p 0.50; linear-big +1.3 -1.5..4 p 0.40; linear-last +13 10..16 p 0.001",
            "Not enough data: linear has 73.3 % accuracy on 1,000 rows, 1.3 points above big, which costs more, but may be up to 1.5 points lower: more than the margin of 1 point." },
        { "proven: beside a champion", "proven", "linear 73.3; champion 73.0 $0.13", "linear-champion +0.3 -1.9..2.5 p 0.80",
            "Not enough data, keep the champion: linear has 73.3 % accuracy on 1,000 rows, 0.3 points above champion, which costs more, but may be up to 1.9 points lower: more than the margin of 1 point." },
        { "best: the highest figure, whatever it costs", "best", "gpt 73.5 $0.13; linear 73.3", "gpt-linear +0.2 -0.5..0.9 p 0.70",
            "Use gpt: 73.5 % accuracy on 1,000 rows, ahead of the runner-up linear by what may be chance (+0.2 points, p = 0.70)." },

        // ------------------------------------------------------------------ eligible
        { "eligible: by kind", "eligible fineTune", "gpt 70.0 $0.13; linear 73.3", "gpt-linear -3.3 -5..-1 p 0.01",
            "Use gpt: 70.0 % accuracy on 1,000 rows, the only candidate that could be evaluated and may become champion." },
        { "eligible: nobody", "eligible prompt", "gpt 70.0 $0.13", "",
            "Nothing to promote: no candidate that was evaluated may become champion by promotion.eligible." },
        { "a container leaves nothing that could be asked", "", "gpt 70.0 $0.13; distil:container 75.0", "gpt-distil -5 -7..-3 p 0.001",
            "Use gpt: 70.0 % accuracy on 1,000 rows, the only candidate that could be evaluated and may become champion." },

        // ------------------------------------------------------------------ against a champion
        { "beats the champion beyond chance", "", "gpt 75.0 $0.13; champion 70.0 $0.13", "gpt-champion +5 3..7 p 0.001",
            "Use gpt: 75.0 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (+5.0 points, p = 0.001), a difference beyond chance." },
        { "the same whichever stands first", "", "champion 70.0 $0.13; gpt 75.0 $0.13", "champion-gpt -5 -7..-3 p 0.001",
            "Use gpt: 75.0 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (+5.0 points, p = 0.001), a difference beyond chance." },
        { "leads by what may be chance", "", "gpt 72.0 $0.13; champion 70.5 $0.13", "gpt-champion +1.5 -0.5..3.5 p 0.20",
            "Not enough data, keep the champion: gpt has 72.0 % accuracy against 70.5 % accuracy of the champion on the same 1,000 rows (+1.5 points, p = 0.20), which may be chance." },
        { "leads by what may be chance, and that is enough", "significance no", "gpt 72.0 $0.13; champion 70.5 $0.13", "gpt-champion +1.5 -0.5..3.5 p 0.20",
            "Use gpt: 72.0 % accuracy against 70.5 % accuracy of the champion on the same 1,000 rows (+1.5 points, p = 0.20), which may be chance, but the recipe does not ask for significance." },
        { "was not compared: nothing is sure", "", "gpt 75.0 $0.13; champion 70.0 $0.13", "",
            "Not enough data, keep the champion: gpt has 75.0 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (+5.0 points), which may be chance." },
        { "no better than the champion", "", "gpt 69.0 $0.13; champion 70.0 $0.13", "gpt-champion -1 -3..1 p 0.50",
            "Keep the champion: the best challenger, gpt, is no better, with 69.0 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (\u22121.0 points, p = 0.50)." },
        { "level with the champion", "", "gpt 70.0 $0.13; champion 70.0 $0.13", "gpt-champion 0 -2..2 p 1",
            "Keep the champion: the best challenger, gpt, is no better, with 70.0 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (0.0 points, p = 1.00)." },
        { "a free champion stays beside a more expensive challenger within the margin", "", "gpt 70.9 $0.13; champion 70.0", "gpt-champion +0.9 -1..2.8 p 0.50",
            "Keep the champion: 70.0 % accuracy on 1,000 rows, within 0.9 points of gpt (at most 2.8 points worse), and is free." },
        { "a cheaper challenger replaces a dear champion", "", "linear 70.0; champion 70.4 $0.13", "linear-champion -0.4 -2.5..1.7 p 0.70",
            "Use linear: 70.0 % accuracy on 1,000 rows, within 0.4 points of the champion (at most 2.5 points worse), and is free." },
        { "a challenger as cheap as the champion needs proof", "", "linear 70.6; champion 70.0; gpt 70.8 $0.13", "linear-champion +0.6 -1..2.2 p 0.50; gpt-linear +0.2 -1.5..1.9 p 0.90; gpt-champion +0.8 -1..2.6 p 0.60",
            "Not enough data, keep the champion: linear has 70.6 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (+0.6 points, p = 0.50), which may be chance." },
        { "proven within the margin, but surely worse than the champion", "proven", "linear 74.5; champion 75.0 $0.13", "linear-champion -0.5 -0.8..-0.2 p 0.01",
            "Keep the champion: the best challenger, linear, is no better, with 74.5 % accuracy against 75.0 % accuracy of the champion on the same 1,000 rows (\u22120.5 points, p = 0.010)." },
        { "beside a champion the most frequent label is no bar", "", "gpt 43.0 $0.13; champion 41.0 $0.13", "gpt-champion +2 -1..5 p 0.30",
            "Not enough data, keep the champion: gpt has 43.0 % accuracy against 41.0 % accuracy of the champion on the same 1,000 rows (+2.0 points, p = 0.30), which may be chance." },
        { "a champion that could not be asked stays", "", "gpt 75.0 $0.13; champion failed", "",
            "Keep the champion: it could not be asked (The model was deleted), and the rule replaces no model that it has not seen beside its challengers; a person decides. The best challenger is gpt with 75.0 % accuracy." },
        { "level with the champion, and a little cheaper", "", "gpt 70.0 $0.125; champion 70.0 $0.130", "gpt-champion 0 -2..2 p 1",
            "Keep the champion: the best challenger, gpt, is no better, with 70.0 % accuracy against 70.0 % accuracy of the champion on the same 1,000 rows (0.0 points, p = 1.00)." },
        { "neither could be asked", "", "gpt failed; champion failed", "",
            "Keep the champion: it could not be asked (The model was deleted), and the rule replaces no model that it has not seen beside its challengers; a person decides." },
        { "no challenger", "", "gpt failed; champion 70.0 $0.13", "",
            "Keep the champion: no challenger could be evaluated." },
    };

    [Theory]
    [MemberData(nameof(Rules))]
    public void The_sentence_follows_from_what_was_seen(string rule, string settings, string candidates, string pairs, string sentence) =>
        Decide(settings, candidates, pairs).Sentence.ShouldBe(sentence, rule);

    [Fact]
    public void Decision_headline_and_candidate_say_what_the_sentence_says()
    {
        foreach ((_, string settings, string candidates, string pairs, _) in Rules.Select(row => row.Data))
        {
            Verdict verdict = Decide(settings, candidates, pairs);

            string first = verdict.Decision switch { VerdictKind.Promote => $"Use {verdict.Candidate}:", VerdictKind.NotEnoughData => verdict.Champion is null ? "Not enough data" : "Not enough data, keep the champion", _ => verdict.Champion is null ? "Nothing to promote" : "Keep the champion" };
            verdict.Sentence.ShouldStartWith(first);
            verdict.Headline.ShouldStartWith(first);
            verdict.Headline.Contains("champion", StringComparison.Ordinal).ShouldBe(verdict.Champion is not null && verdict.Candidate is null);
            (verdict.Candidate is not null).ShouldBe(verdict.Decision == VerdictKind.Promote);
        }
    }

    [Theory]
    [InlineData("gpt 74.0 $0.13; linear 72.5", "gpt-linear +1.5 -0.5..3.5 p 0.30", "linear is free, but was seen 1.5 points lower (at most 3.5 points lower), more than the margin of 1 point.")]
    [InlineData("gpt 74.0 $0.13; linear 73.2", "gpt-linear +0.8 0.4..1.2 p 0.01", "linear is free, but was seen 0.8 points lower (at most 1.2 points lower), which is not chance.")]
    [InlineData("gpt 70.0 $0.13; distil:container 75.0", "gpt-distil -5 -7..-3 p 0.001", "distil has the highest figure, 75.0 % accuracy, but its kind cannot be asked as a champion yet.")]
    public void What_was_not_taken_is_told_with_what_it_would_have_cost(string candidates, string pairs, string note) =>
        Decide("", candidates, pairs).Notes.ShouldContain(note);

    [Theory]
    [InlineData("best", "gpt 73.5 $0.13; linear 73.3", "gpt-linear +0.2 -0.5..0.9 p 0.70", "linear is free, but was seen 0.2 points lower (at most 0.9 points lower), the recipe prefers the highest figure.")]
    [InlineData("best", "gpt 73.5 $0.13; linear 73.3", "gpt-linear 0 -1..1 p 1", "linear is free, but is level with gpt (at most 1.0 points lower), the recipe prefers the highest figure.")]
    [InlineData("best", "gpt 73.5 $0.13; linear 73.3", "gpt-linear -0.3 -1..0.5 p 0.60", "linear is free, but was seen 0.3 points higher (at most 0.5 points lower), the recipe prefers the highest figure.")]
    [InlineData("best", "gpt 73.5 $0.13; mini 73.4 $0.05; linear 73.3", "gpt-mini +0.1 -1..1 p 1; gpt-linear +0.2 -0.5..0.9 p 0.70", "linear is free, but was seen 0.2 points lower (at most 0.9 points lower), the recipe prefers the highest figure.")]
    [InlineData("proven", "gpt 73.5 $0.13; linear 73.3", "gpt-linear +0.2 -0.6..1.0 p 0.70", "linear is free, but was seen 0.2 points lower (at most 1.0 points lower), which does not prove it within the margin of 1 point.")]
    [InlineData("", "gpt 44.0 $0.13; linear 43.0", "gpt-linear +1.0 -1..3 p 0.50", "linear is free, but was seen 1.0 points lower (at most 3.0 points lower), and is not surely better than always answering the most frequent label.")]
    [InlineData("margin 7", "gpt 85.0 $0.13; linear 74.0", "gpt-linear +11 -1..23 p 0.06", "linear is free, but was seen 11.0 points lower (at most 23.0 points lower), more than the margin of 7 points.")]
    [InlineData("eligible fineTune", "gpt 70.0 $0.13; linear 73.3", "gpt-linear -3.3 -5..-1 p 0.01", "linear has the highest figure, 73.3 % accuracy, but promotion.eligible leaves it out.")]
    [InlineData("", "gpt 72.0 $0.13; champion 70.5 $0.13; linear 60.0", "gpt-champion +1.5 -0.5..3.5 p 0.20; gpt-linear +12 10..14 p 0.001; champion-linear +10.5 8..13 p 0.001", null)]
    [InlineData("", "gpt 75.0 $0.13", "", null)]
    public void One_note_is_told_where_there_is_one(string settings, string candidates, string pairs, string? note) =>
        Decide(settings, candidates, pairs).Notes.ShouldBe(note is null ? [] : [note]);

    private static Verdict Decide(string settings, string candidates, string pairs) => new Judge(
        Rule(settings), [.. Parts(candidates).Select(Candidate)], [.. Parts(pairs).Select(Pair)], candidates.Contains("champion") ? "champion" : null).Decide();

    private static string[] Parts(string text) => text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static PromotionRecipe Rule(string settings) => settings.Split(' ') switch
    {
        ["proven"] => new PromotionRecipe { Prefer = PromotionPreference.Proven },
        ["best"] => new PromotionRecipe { Prefer = PromotionPreference.Best },
        ["margin", var points] => new PromotionRecipe { Margin = double.Parse(points) / 100 },
        ["significance", "no"] => new PromotionRecipe { RequireSignificance = false },
        ["eligible", var kind] => new PromotionRecipe { Eligible = [kind] },
        _ => new PromotionRecipe(),
    };

    private static CandidateReport Candidate(string text)
    {
        string[] words = text.Split(' ');
        string[] name = words[0].Split(':');
        bool failed = words[1] == "failed";
        double accuracy = failed ? 0 : double.Parse(words[1]) / 100;
        string? price = words.Length > 2 ? words[2][1..] : null;
        var share = Core.Evaluation.Statistics.Proportions.Wilson((long)(accuracy * Rows), Rows, 0.05)!;
        return new CandidateReport
        {
            Name = name[0],
            Kind = name[0] == "champion" ? OutcomeKind.Champion : name.Length > 1 ? OutcomeKind.ContainerBaseline : price is null && name[0] == "linear" ? OutcomeKind.LinearBaseline : OutcomeKind.FineTune,
            Provider = price is null ? null : "openai",
            Model = name[0],
            Cost = new CandidateCost { Unpriced = price == "?" },
            UsdPerThousand = price is null or "?" ? null : double.Parse(price),
            Failure = failed ? new Failure(FailureKind.NotFound, "The model was deleted") : null,
            Metrics = failed ? null : new Metrics
            {
                N = Rows,
                Correct = (int)(accuracy * Rows),
                Accuracy = accuracy,
                MacroF1 = accuracy,
                WeightedF1 = accuracy,
                BalancedAccuracy = accuracy,
                MajorityShare = Majority / 100,
                Intervals = ImmutableSortedDictionary<string, Interval>.Empty.Add(Score.Accuracy.JsonName(), share),
                Classes = [],
                Confusion = [],
            },
        };
    }

    // "gpt-linear +0.2 -2.4..2.8 p 0.90": the first minus the second, its one-sided bounds.
    private static PairedComparison Pair(string text)
    {
        string[] words = text.Split(' ');
        string[] names = words[0] switch { "gpt-gpt-2" => ["gpt", "gpt-2"], var other => other.Split('-') };
        double[] bounds = [.. words[2].Split("..").Select(bound => double.Parse(bound) / 100)];
        return new PairedComparison
        {
            First = names[0],
            Second = names[1],
            Score = Score.Accuracy,
            Difference = double.Parse(words[1]) / 100,
            OneSided = new Interval(bounds[0], bounds[1], IntervalMethod.BonettPrice),
            // The test on its own always finds something: only the corrected p may decide.
            PValue = 0.0001,
            AdjustedPValue = double.Parse(words[4]),
            Test = ComparisonTest.McNemarExact,
        };
    }
}
