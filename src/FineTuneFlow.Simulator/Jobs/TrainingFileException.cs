namespace FineTuneFlow.Simulator.Jobs;

/// <summary>A training or validation file that the service refuses; becomes the job's error.</summary>
internal sealed class TrainingFileException(string code, string message) : Exception(message)
{
    public string Code { get; } = code;
}
