using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Splitting;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>The labels as numbers 0..K-1, with K standing for "no answer".</summary>
internal sealed class LabelScale
{
    private const int MostDecimals = 6;

    private readonly bool[] _good;
    private readonly long[] _positions;

    public LabelScale(LabelSet labels)
    {
        Labels = labels;
        Count = labels.Names.Length;
        _good = [.. labels.Names.Select(name => !labels.Good.IsDefault && labels.Good.Contains(name))];
        (_positions, Unit) = Positions(labels);
        HasGood = labels.Ordered && _good.Contains(true) && _good.Contains(false);
    }

    public LabelSet Labels { get; }

    /// <summary>K.</summary>
    public int Count { get; }

    public bool Ordered => Labels.Ordered;

    /// <summary>Good-versus-bad has a meaning: the labels are ordered and some, not all, are good.</summary>
    public bool HasGood { get; }

    /// <summary>Whether these labels have a score of labels: some ask for an order, one for good labels.</summary>
    public bool Has(Score score) => score switch
    {
        Score.OneOffAccuracy or Score.MeanAbsoluteError or Score.QuadraticKappa => Ordered,
        Score.GoodVersusBad => HasGood,
        _ => true,
    };

    /// <summary>The length on the scale of <see cref="Position"/> that one is: scales in tenths have ten.</summary>
    public long Unit { get; }

    /// <summary>Where a label stands: its place in the order, or its number where distances follow the numbers.</summary>
    public long Position(int label) => _positions[label];

    /// <summary>Which label an answer counts as on the scale; no answer stands as far from the truth as the scale allows, so that
    /// not answering never pays.</summary>
    public int Place(int truth, int predicted) =>
        predicted < Count ? predicted : _positions[truth] - _positions[0] >= _positions[^1] - _positions[truth] ? 0 : Count - 1;

    public bool SameSide(int truth, int predicted) => predicted < Count && _good[truth] == _good[predicted];

    public bool OneOff(int truth, int predicted) => predicted < Count && Math.Abs(_positions[truth] - _positions[predicted]) <= Unit;

    private static (long[] Positions, long Unit) Positions(LabelSet labels)
    {
        if (labels.ByValue != true)
        {
            return ([.. Enumerable.Range(0, labels.Names.Length).Select(i => (long)i)], 1);
        }

        decimal[] values = [.. labels.Names.Select(name => ScaleValue.Of(name) ?? 0)];
        long unit = 1;
        for (int decimals = 0; decimals < MostDecimals && values.Any(value => value * unit % 1 != 0); decimals++)
        {
            unit *= 10;
        }

        return ([.. values.Select(value => (long)Math.Round(value * unit))], unit);
    }
}
