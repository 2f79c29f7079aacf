using System.Globalization;

namespace FineTuneFlow.Core.Reports;

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
