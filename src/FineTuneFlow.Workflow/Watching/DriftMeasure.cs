using System.Globalization;

namespace FineTuneFlow.Workflow.Watching;

/// <param name="Of">labels, confidence, length or unknown words.</param>
/// <param name="Index">Population stability index of the last days against the holdout.</param>
/// <param name="PValue">Of "both are drawn from one population".</param>
/// <param name="Rows">Answers that it rests on.</param>
/// <param name="RowsNeeded">Answers from which drift at the threshold is found; null: the holdout is too small to find it.</param>
/// <param name="Drifted">The index is at the threshold or above and the test finds it.</param>
public sealed record DriftMeasure(string Of, double Index, double PValue, long Rows, long? RowsNeeded, bool Drifted)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Of} {Index:F2}, p {PValue:0.000} on {Rows:N0}")
        + (!Drifted && RowsNeeded > Rows ? string.Create(CultureInfo.InvariantCulture, $" of {RowsNeeded:N0} needed") : "");
}

/// <param name="Right">Texts whose answer people confirmed.</param>
/// <param name="Of">Texts on whose answer they said anything.</param>
/// <param name="Low">Wilson interval of the share, 95 %.</param>
/// <param name="High">Its upper end.</param>
/// <param name="Holdout">The accuracy that it was promoted with.</param>
/// <param name="Fell">Surely lower than that by more than the recipe allows, on as many texts as the recipe asks for.</param>
/// <param name="Needed">Texts from which it is judged.</param>
public sealed record FeedbackAccuracy(int Right, int Of, double Low, double High, double Holdout, bool Fell, int Needed = 1)
{
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{100.0 * Right / Of:F1} % of {Of:N0} ({100 * Low:F1} to {100 * High:F1} %), {100 * Holdout:F1} % on the holdout")
        + (Of < Needed ? string.Create(CultureInfo.InvariantCulture, $"; judged from {Needed:N0} texts on") : "");
}
