using System.Text.Json;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>What is known of each <see cref="Score"/>.</summary>
public static class ScoreFacts
{
    /// <summary>Its name in JSON, as in <see cref="Metrics"/> and its intervals.</summary>
    public static string JsonName(this Score score) => JsonNamingPolicy.CamelCase.ConvertName(score.ToString());

    /// <summary>Its name for a person.</summary>
    public static string Title(this Score score) => score switch
    {
        Score.Accuracy => "accuracy",
        Score.GoodVersusBad => "good versus bad",
        Score.OneOffAccuracy => "one-off accuracy",
        Score.MacroF1 => "macro F1",
        Score.WeightedF1 => "weighted F1",
        Score.BalancedAccuracy => "balanced accuracy",
        Score.MeanAbsoluteError => "mean absolute error",
        Score.QuadraticKappa => "quadratic kappa",
        Score.LogLoss => "log loss",
        Score.BrierScore => "Brier score",
        _ => "expected calibration error",
    };

    /// <summary>What it tells, for a person who does not compute such figures every day.</summary>
    public static string Meaning(this Score score) => score switch
    {
        Score.Accuracy => "The share of rows that are given the right label.",
        Score.GoodVersusBad => "The share of rows that are put on the right side: a good label called one of the good ones, a bad one one of the bad ones.",
        Score.OneOffAccuracy => "The share of rows that are given the right label or one next to it.",
        Score.MacroF1 => "F1 averaged over the labels, each counting alike however rare it is: low where rare labels are missed. 0 to 1.",
        Score.WeightedF1 => "F1 averaged over the labels, each counting by its rows. 0 to 1.",
        Score.BalancedAccuracy => "Recall averaged over the labels: what the accuracy would be if all labels were equally frequent. 0 to 1.",
        Score.MeanAbsoluteError => "By how many labels an answer is off on average; 0 is perfect.",
        Score.QuadraticKappa => "Agreement with the true labels beyond chance, large misses counting more: 0 is chance, 1 is perfect.",
        Score.LogLoss => "How surprised the stated probabilities are by the truth; lower is better, 0 is perfect, and being sure and wrong costs most.",
        Score.BrierScore => "The squared distance of the stated probabilities from the truth; 0 is perfect, 2 the worst.",
        _ => "How far stated probabilities are from how often they come true, on average; 0 is perfect.",
    };

    /// <summary>Whether a smaller value is the better one.</summary>
    public static bool LowerIsBetter(this Score score) =>
        score is Score.MeanAbsoluteError or Score.LogLoss or Score.BrierScore or Score.ExpectedCalibrationError;

    /// <summary>Whether it is a share of rows, shown in per cent, with a Wilson interval and McNemar's test.</summary>
    public static bool IsShare(this Score score) => score is Score.Accuracy or Score.GoodVersusBad or Score.OneOffAccuracy;

    /// <summary>Its value, null where the labels or answers do not have it.</summary>
    public static double? Of(this Score score, Metrics metrics) => score switch
    {
        Score.Accuracy => metrics.Accuracy,
        Score.GoodVersusBad => metrics.GoodVersusBad,
        Score.OneOffAccuracy => metrics.OneOffAccuracy,
        Score.MacroF1 => metrics.MacroF1,
        Score.WeightedF1 => metrics.WeightedF1,
        Score.BalancedAccuracy => metrics.BalancedAccuracy,
        Score.MeanAbsoluteError => metrics.MeanAbsoluteError,
        Score.QuadraticKappa => metrics.QuadraticKappa,
        Score.LogLoss => metrics.LogLoss,
        Score.BrierScore => metrics.BrierScore,
        _ => metrics.ExpectedCalibrationError,
    };

    /// <summary>The score that a promotion rule judges by.</summary>
    public static Score ToScore(this PromotionMetric metric) => metric switch
    {
        PromotionMetric.MacroF1 => Score.MacroF1,
        PromotionMetric.GoodVersusBad => Score.GoodVersusBad,
        PromotionMetric.OneOffAccuracy => Score.OneOffAccuracy,
        _ => Score.Accuracy,
    };
}
