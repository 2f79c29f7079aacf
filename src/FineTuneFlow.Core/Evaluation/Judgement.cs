namespace FineTuneFlow.Core.Evaluation;

/// <summary>What the rows say of one candidate against another, in the words that a reader acts by.</summary>
public enum Judgement
{
    /// <summary>Better, and still significant after the correction for the number of pairs.</summary>
    SurelyBetter,
    /// <summary>Better, significant on its own but not after the correction.</summary>
    LikelyBetter,
    CannotTell,
    LikelyWorse,
    SurelyWorse,
}

/// <summary>Reads a paired comparison.</summary>
public static class Judgements
{
    /// <summary>How the first candidate stands to the second.</summary>
    /// <param name="comparison">First minus second, in the score's own unit.</param>
    /// <param name="alpha">Level of the tests.</param>
    public static Judgement Read(this PairedComparison comparison, double alpha)
    {
        double gain = comparison.Score.LowerIsBetter() ? -comparison.Difference : comparison.Difference;
        if (gain == 0 || comparison.PValue >= alpha)
        {
            return Judgement.CannotTell;
        }

        bool sure = comparison.AdjustedPValue < alpha;
        return gain > 0
            ? sure ? Judgement.SurelyBetter : Judgement.LikelyBetter
            : sure ? Judgement.SurelyWorse : Judgement.LikelyWorse;
    }
}
