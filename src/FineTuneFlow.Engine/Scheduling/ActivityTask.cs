namespace FineTuneFlow.Engine.Scheduling;

/// <summary>An activity that is asked for and not ended.</summary>
internal sealed record ActivityTask(long Key, string InstanceId, int Execution, int Step, string Name, string Input)
{
    /// <summary>How many workers have been given it so far.</summary>
    public int Deliveries { get; init; }
}
