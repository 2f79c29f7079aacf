using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Core.Reports;

/// <summary>The champion that a run was held against: how long it still answers, and how far each candidate answers as it does.</summary>
/// <param name="Model">Its base model, with which it ends.</param>
/// <param name="EndsOn">The first day on which it no longer answers; null: none is announced, or it is a model of our own.</param>
/// <param name="DaysLeft">Days from the run's end until then, 0 or less once it has ended; null with <paramref name="EndsOn"/>.</param>
/// <param name="RecordedBy">The run whose record its answers are taken from, as it answered nothing in this one; null: it answered in this run.</param>
/// <param name="Agreements">Of every candidate that was evaluated, on the judged rows; empty where no answers of the champion are known for them.</param>
public sealed record ChampionReport(
    string Model, DateOnly? EndsOn, int? DaysLeft, string? RecordedBy, ImmutableArray<CandidateAgreement> Agreements)
{
    private const int MostRows = 1000;

    /// <param name="input">With the champion that is looked at.</param>
    /// <param name="truth">True label by id of the judged rows.</param>
    /// <param name="candidates">Those that were evaluated, the best first.</param>
    /// <returns>Null: the project has no champion.</returns>
    internal static ChampionReport? Of(ReportInput input, IReadOnlyDictionary<string, string> truth, IEnumerable<string> candidates)
    {
        if (input.OldChampion is not { } old)
        {
            return null;
        }

        var now = input.Candidates.ToDictionary(candidate => candidate.Name, candidate => candidate.Predictions, StringComparer.Ordinal);
        IReadOnlyList<Prediction> here = input.Champion is { } name && now.TryGetValue(name, out IReadOnlyList<Prediction>? asked) ? asked : [];
        Prediction[] answers = [.. (here.Count > 0 ? here : old.Recorded).Where(answer => truth.ContainsKey(answer.Id))];
        (string Name, Agreement Agreement)[] all =
        [
            .. answers.Length == 0 ? [] : candidates.Where(candidate => candidate != input.Champion)
                .Select(candidate => (candidate, Agreement.Of(truth, answers, now[candidate].Where(answer => truth.ContainsKey(answer.Id)), input.Recipe.Promotion.Alpha)))
                .Where(pair => pair.Item2.Rows > 0),
        ];
        double[] adjusted = MultipleTests.Holm([.. all.Select(pair => pair.Agreement.PValue)]);
        return new ChampionReport(
            old.Model,
            old.EndsOn,
            old.EndsOn?.DayNumber - DateOnly.FromDateTime(input.EndedAt.UtcDateTime).DayNumber,
            here.Count > 0 || answers.Length == 0 ? null : old.RecordedBy,
            [.. all.Select((pair, i) => CandidateAgreement.Of(pair.Name, pair.Agreement, adjusted[i], MostRows))]);
    }
}

/// <summary>How far a candidate answers as the champion did: what users of the champion would notice of a change, whichever is right.</summary>
/// <param name="Rows">Judged rows with an answer of both.</param>
/// <param name="Same">Of them those with the same label.</param>
/// <param name="Share">Same / Rows.</param>
/// <param name="Interval">Wilson's interval of the share.</param>
/// <param name="Kappa">Cohen's kappa; null where both always answer one label.</param>
/// <param name="OnlyChampion">Rows on which they differ and the champion is right.</param>
/// <param name="OnlyCandidate">Rows on which they differ and the candidate is right.</param>
/// <param name="AdjustedPValue">Of McNemar's exact test between these two counts, after Holm over the candidates.</param>
/// <param name="Different">The rows on which they differ, by id, at most 1,000: <c>old</c> is the champion's answer.</param>
public sealed record CandidateAgreement(
    string Candidate, int Rows, int Same, double Share, Interval? Interval, double? Kappa, int OnlyChampion, int OnlyCandidate, double AdjustedPValue, ImmutableArray<DifferentAnswer> Different)
{
    internal static CandidateAgreement Of(string candidate, Agreement agreement, double adjusted, int most) => new(
        candidate, agreement.Rows, agreement.Same, agreement.Share, agreement.Interval, agreement.Kappa, agreement.OnlyOld, agreement.OnlyNew, adjusted,
        [.. agreement.Different.Take(most)]);
}
