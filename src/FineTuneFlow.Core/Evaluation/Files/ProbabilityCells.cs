using System.Collections.Immutable;
using System.Globalization;
using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Core.Evaluation.Files;

/// <summary>Checks that what a file calls probabilities are some: 0 to 1, or all of them percent.</summary>
internal sealed class ProbabilityCells
{
    private const double Whole = 100;
    private const double Rounding = 1;

    private FlowException? _wrong;
    private bool _percent = true;
    private int _rows;

    /// <summary>Looks at a row's values; what is wrong with them is kept for <see cref="Finish"/>, since only all rows tell whether
    /// they are percent.</summary>
    public void Look(ImmutableSortedDictionary<string, double>? values, TableRows table)
    {
        if (values is null)
        {
            return;
        }

        _rows++;
        double sum = 0;
        foreach ((string label, double value) in values)
        {
            sum += value;
            if (!(value >= 0 && value <= 1))
            {
                _percent &= value >= 0 && value <= Whole;
                _wrong ??= table.Wrong(
                    string.Create(CultureInfo.InvariantCulture, $"the probability of \"{label}\" is {value}, which is not between 0 and 1"),
                    "Give probabilities: the softmax of logits, the exponential of log-probabilities; percent is read where the values of every row add up to 100");
            }
        }

        _percent &= Math.Abs(sum - Whole) <= Rounding;
    }

    /// <exception cref="FlowException">A value is not a probability.</exception>
    public IReadOnlyList<Prediction> Finish(IReadOnlyList<Prediction> predictions)
    {
        if (_wrong is null || _rows == 0)
        {
            return predictions;
        }

        if (!_percent)
        {
            throw _wrong;
        }

        return
        [
            .. predictions.Select(prediction => prediction.Probabilities is { } values
                ? prediction with { Probabilities = values.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value / Whole, StringComparer.Ordinal) }
                : prediction),
        ];
    }
}
