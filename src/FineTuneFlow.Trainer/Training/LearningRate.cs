namespace FineTuneFlow.Trainer.Training;

/// <summary>The rate rises linearly over the first steps, then falls linearly to zero.</summary>
internal sealed class LearningRate(double highest, int totalSteps, double warmUp)
{
    private readonly int _warmUpSteps = (int)Math.Ceiling(totalSteps * warmUp);

    /// <param name="step">From 1 to the total.</param>
    public double At(int step) => step <= _warmUpSteps
        ? highest * step / _warmUpSteps
        : highest * Math.Max(0, totalSteps - step + 1) / Math.Max(1, totalSteps - _warmUpSteps + 1);
}
