using System.Collections.Immutable;
using FineTuneFlow.Core.Evaluation.Statistics;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>How far a new model answers as an old one did, on rows that both were asked: what users of the old one would notice.</summary>
/// <param name="Rows">Rows with an answer of both.</param>
/// <param name="Same">Of them those with the same label.</param>
/// <param name="Share">Same / Rows.</param>
/// <param name="Interval">Wilson's interval of the share.</param>
/// <param name="Kappa">Cohen's kappa: agreement beyond what the two models' frequencies of labels would give by chance.</param>
/// <param name="OnlyOld">Rows on which they differ and the old one is right.</param>
/// <param name="OnlyNew">Rows on which they differ and the new one is right.</param>
/// <param name="PValue">Of McNemar's exact test between the two.</param>
/// <param name="Different">Ids of the rows on which they differ, with both answers and the true label.</param>
public sealed record Agreement(
    int Rows, int Same, double Share, Interval? Interval, double? Kappa, int OnlyOld, int OnlyNew, double PValue, ImmutableArray<DifferentAnswer> Different)
{
    /// <param name="truth">True label by row id; rows without one count for agreement only.</param>
    /// <param name="old">The recorded answers.</param>
    /// <param name="now">The new model's.</param>
    /// <param name="alpha">Level of the interval.</param>
    public static Agreement Of(
        IReadOnlyDictionary<string, string> truth, IEnumerable<Prediction> old, IEnumerable<Prediction> now, double alpha = 0.05)
    {
        Dictionary<string, string> before = Labels(old);
        var after = Labels(now);
        (string Id, string Old, string New)[] both =
            [.. before.Where(pair => after.ContainsKey(pair.Key)).Select(pair => (pair.Key, pair.Value, after[pair.Key])).OrderBy(row => row.Item1, StringComparer.Ordinal)];
        int same = both.Count(row => row.Old == row.New);
        int onlyOld = both.Count(row => row.Old != row.New && truth.GetValueOrDefault(row.Id) == row.Old);
        int onlyNew = both.Count(row => row.Old != row.New && truth.GetValueOrDefault(row.Id) == row.New);
        double chance = both.Length == 0 ? 0 : both.Select(row => row.Old).Distinct().Sum(
            label => both.Count(row => row.Old == label) / (double)both.Length * (both.Count(row => row.New == label) / (double)both.Length));
        double share = both.Length == 0 ? 0 : same / (double)both.Length;
        return new Agreement(
            both.Length, same, share, Proportions.Wilson(same, both.Length, alpha), chance < 1 && both.Length > 0 ? (share - chance) / (1 - chance) : null,
            onlyOld, onlyNew, McNemar.PValue(onlyOld, onlyNew),
            [.. both.Where(row => row.Old != row.New).Select(row => new DifferentAnswer(row.Id, row.Old, row.New, truth.GetValueOrDefault(row.Id)))]);
    }

    private static Dictionary<string, string> Labels(IEnumerable<Prediction> predictions) => predictions
        .Where(prediction => prediction.Label is not null).GroupBy(prediction => prediction.Id).ToDictionary(group => group.Key, group => group.First().Label!, StringComparer.Ordinal);
}

/// <param name="Old">What the old model answered.</param>
/// <param name="New">What the new one answers.</param>
/// <param name="Truth">The true label, where it is known.</param>
public sealed record DifferentAnswer(string Id, string Old, string New, string? Truth);
