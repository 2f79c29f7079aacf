namespace FineTuneFlow.Core.Costs;

/// <summary>How fast encoders were trained on a machine.</summary>
/// <param name="ParametersPerSecond">Word pieces a second times the parameters below the classifier, embeddings left out: what a machine does of
/// it hardly depends on the model.</param>
/// <param name="At">When it was measured.</param>
public sealed record MachineRate(double ParametersPerSecond, DateTimeOffset At);
