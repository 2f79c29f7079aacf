namespace FineTuneFlow.Core.Costs;

/// <summary>What choosing among checkpoints costs.</summary>
internal static class CheckpointPricing
{
    /// <summary>How many are asked: services keep one an epoch, the newest ones. 0: there is nothing to choose.</summary>
    public static int Tried(QuotedCandidate candidate)
    {
        if (candidate.Checkpoints is null or Recipes.CheckpointUse.Last)
        {
            return 0;
        }

        int kept = Math.Min(candidate.ServedCheckpoints, candidate.Epochs ?? candidate.ServedCheckpoints);
        return kept < 2 ? 0 : kept;
    }

    /// <param name="tried">Checkpoints that are asked about the validation split.</param>
    /// <param name="others">Those of them that are asked about the holdout besides the chosen one.</param>
    /// <param name="holdout">Tokens of asking one model about the holdout.</param>
    /// <param name="input">Rows of both splits.</param>
    /// <param name="price">Of asking one by one, as checkpoints always are; null: not listed.</param>
    public static Estimate Usd(int tried, int others, (Estimate Prompt, Estimate Completion) holdout, QuoteInput input, AskingPrice? price)
    {
        if (price is null)
        {
            return Estimate.Zero;
        }

        // The splits are drawn alike, so a row of one is as long as a row of the other, give or take.
        double share = input.Holdout.Rows == 0 ? 0 : (double)(input.Validation?.Rows ?? 0) / input.Holdout.Rows;
        var spread = new Estimate(0.9, 1, 1.1);
        return (price.Usd(holdout.Prompt * share, holdout.Completion * share) * spread * tried) + (price.Usd(holdout.Prompt, holdout.Completion) * others);
    }
}
