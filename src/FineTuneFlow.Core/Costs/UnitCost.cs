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
    /// paid once. A candidate that asks nobody (a model in process) has calls of no tokens.</summary>
    /// <param name="name">The candidate's.</param>
    /// <param name="description">Its model.</param>
    /// <param name="cost">What it has cost.</param>
    /// <param name="asked">Rows that the evaluation asked; at least 1.</param>
    /// <param name="fixedUsd">Paid once: training, a container job.</param>
    /// <param name="usdPerDay">Of a standing deployment or machine.</param>
    public static ServiceOption OptionOf(string name, string description, CandidateCost cost, long asked, double fixedUsd, double usdPerDay) => new()
    {
        Name = name,
        Description = description,
        PromptTokens = (cost.EvaluationPromptTokens ?? 0) / (double)asked,
        CompletionTokens = (cost.EvaluationCompletionTokens ?? 0) / (double)asked,
        InputUsd = cost.Asking?.Input ?? 0,
        OutputUsd = cost.Asking?.Output ?? 0,
        FixedUsd = fixedUsd,
        UsdPerDay = usdPerDay,
    };
}
