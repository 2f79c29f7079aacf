namespace FineTuneFlow.Workflow.Runs;

/// <summary>What a run is doing. <see cref="StageWords"/> has the words for it.</summary>
public enum RunStage
{
    Starting,
    Planning,
    Preparing,
    Quoting,
    WaitingForApproval,
    Training,
    Comparing,
    Promoting,
    CleaningUp,
    Cancelling,
    Done,
    DoneWithFailures,
    Cancelled,
    NotApproved,
    Failed,
}
