using System.Globalization;

namespace FineTuneFlow.Core.Reports;

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
