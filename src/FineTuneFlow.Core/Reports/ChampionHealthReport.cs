using System.Collections.Immutable;

namespace FineTuneFlow.Core.Reports;

/// <summary>How the champion that the candidates were set against did in use, when the report was made.</summary>
/// <param name="Version">The version in use.</param>
/// <param name="Days">Days that its figures are of, the day of the report among them.</param>
/// <param name="Texts">What it was asked in them.</param>
/// <param name="Errors">Texts without an answer.</param>
/// <param name="CostUsd">What its answers cost; list prices where simulated.</param>
/// <param name="Labels">Its answers by label.</param>
/// <param name="Shadowed">Answers that it gave beside another version's.</param>
/// <param name="Agreed">Those of them with the same label.</param>
/// <param name="Drift">What it was asked against its holdout, by distribution; empty where nothing was asked, or nothing is kept to compare with.</param>
/// <param name="Feedback">Its answers against what people said; null: nobody has said anything.</param>
/// <param name="BaseModel">What it was made from.</param>
/// <param name="BaseEnds">The first day on which that no longer answers; null: not announced, or a model of our own.</param>
public sealed record ChampionHealthReport(
    int Version,
    int Days,
    long Texts,
    long Errors,
    double CostUsd,
    ImmutableSortedDictionary<string, long> Labels,
    long Shadowed,
    long Agreed,
    ImmutableArray<DriftMeasure> Drift,
    FeedbackAccuracy? Feedback,
    string BaseModel,
    DateOnly? BaseEnds)
{
    /// <summary>What there is to say of it, each with its name; the same in every form of the report.</summary>
    internal IEnumerable<(string Name, string Value)> Lines()
    {
        yield return ("asked", Texts == 0
            ? $"nothing in the last {Days} days"
            : $"{Formatting.Counted(Texts, "text")} in the last {Days} days, {Formatting.Count(Errors)} without an answer, for {Formatting.Usd(CostUsd)}");
        if (!Labels.IsEmpty)
        {
            double all = Labels.Values.Sum();
            yield return ("answered", string.Join(", ", Labels.OrderByDescending(label => label.Value).Take(10).Select(label => $"{label.Key} {Formatting.Share(label.Value / all)}")));
        }

        yield return ("drift", Drift.IsEmpty ? "not measured: nothing was asked, or no holdout of it is kept"
            : (Drift.Any(measure => measure.Drifted) ? "" : "none found: ") + string.Join("; ", Drift.Select(measure => (measure.Drifted ? "drifted: " : "") + measure)));
        yield return ("feedback", Feedback is null ? "there is no feedback on its answers yet" : (Feedback.Fell ? "accuracy has fallen: " : "accuracy ") + Feedback);
        if (Shadowed > 0)
        {
            yield return ("in shadow", $"the same label as the version that answered for {Formatting.Share(Agreed / (double)Shadowed)} of {Formatting.Count(Shadowed)}");
        }

        if (BaseEnds is { } end)
        {
            yield return ("its model", $"{BaseModel} answers until {end:yyyy-MM-dd}");
        }
    }
}
