using FineTuneFlow.Core.Datasets;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>The labels as numbers 0..K-1, with K standing for "no answer".</summary>
internal sealed class LabelScale
{
    private readonly bool[] good;

    public LabelScale(LabelSet labels)
    {
        Labels = labels;
        Count = labels.Names.Length;
        good = [.. labels.Names.Select(name => !labels.Good.IsDefault && labels.Good.Contains(name))];
        HasGood = labels.Ordered && good.Contains(true) && good.Contains(false);
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

    /// <summary>Where an answer stands on the scale; no answer stands as far from the truth as the scale allows, so that not
    /// answering never pays.</summary>
    public int Place(int truth, int predicted) => predicted < Count ? predicted : truth * 2 >= Count - 1 ? 0 : Count - 1;

    public bool SameSide(int truth, int predicted) => predicted < Count && good[truth] == good[predicted];

    public bool OneOff(int truth, int predicted) => predicted < Count && Math.Abs(truth - predicted) <= 1;
}
