namespace FineTuneFlow.Workflow.Runs;

/// <summary>What brings a run, as <c>run.json</c> tells it, where the product asks for it; drop, http and timer are told only.</summary>
public static class RunTriggers
{
    /// <summary>Repeats a run and adopts what that one has paid for.</summary>
    public const string Rerun = "rerun";

    /// <summary>Repeats a run and pays for all of it again.</summary>
    public const string Anew = "anew";

    /// <summary>Trains successors of a champion whose model dies.</summary>
    public const string Rescue = "rescue";
}
