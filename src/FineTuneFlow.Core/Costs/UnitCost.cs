namespace FineTuneFlow.Core.Costs;

/// <summary>What predictions of a candidate cost, from what its evaluation has really used. USD; null where nothing was asked.</summary>
/// <param name="Per1000">A thousand predictions: the evaluation's tokens at their price. Training and standing deployments are not in it.</param>
/// <param name="Per1000Correct">A thousand right ones: <paramref name="Per1000"/> over the accuracy; null at an accuracy of 0.</param>
public sealed record UnitCost(double? Per1000, double? Per1000Correct)
{
    /// <param name="cost">Of the candidate.</param>
    /// <param name="asked">Rows that the evaluation asked.</param>
    /// <param name="correct">Rows that were right.</param>
    public static UnitCost Of(CandidateCost cost, long asked, long correct)
    {
        double? per1000 = asked > 0 ? cost.EvaluationUsd / asked * 1000 : null;
        return new UnitCost(per1000, correct > 0 ? per1000 * asked / correct : null);
    }

    /// <summary>A candidate as a way of running a service: its calls at the average of its evaluation, its training as what is
    /// paid once. Null where nothing was asked, or no tokens were counted.</summary>
    /// <param name="name">The candidate's.</param>
    /// <param name="cost">What it has cost.</param>
    /// <param name="asked">Rows that the evaluation asked.</param>
    /// <param name="price">Of its tokens.</param>
    /// <param name="usdPerDay">Of a standing deployment.</param>
    public static ServiceOption? OptionOf(string name, CandidateCost cost, long asked, AskingPrice? price, double usdPerDay = 0) =>
        asked <= 0 || price is null || cost.EvaluationPromptTokens is not { } prompt
            ? null
            : new ServiceOption
            {
                Name = name,
                PromptTokens = (double)prompt / asked,
                CompletionTokens = (double)(cost.EvaluationCompletionTokens ?? 0) / asked,
                InputUsd = price.Input,
                OutputUsd = price.Output,
                FixedUsd = cost.TrainingUsd,
                UsdPerDay = usdPerDay,
            };
}
