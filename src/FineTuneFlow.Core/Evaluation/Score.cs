namespace FineTuneFlow.Core.Evaluation;

/// <summary>The scores that candidates are compared by.</summary>
public enum Score
{
    Accuracy,
    GoodVersusBad,
    OneOffAccuracy,
    MacroF1,
    WeightedF1,
    BalancedAccuracy,
    MeanAbsoluteError,
    QuadraticKappa,
    LogLoss,
    BrierScore,
    ExpectedCalibrationError,
}
