using FineTuneFlow.Core.Failures;

namespace FineTuneFlow.Workflow.Runs;

/// <summary>Which runs are old enough to go, by age and by how many newer ones their project has.</summary>
public static class OldRuns
{
    /// <param name="newestFirst">All runs there are.</param>
    /// <param name="before">Only those that ended before.</param>
    /// <param name="keep">The newest so many of each project stay.</param>
    public static IEnumerable<RunView> Of(IEnumerable<RunView> newestFirst, DateTimeOffset before, int keep)
    {
        var kept = new Dictionary<string, int>();
        foreach (RunView run in newestFirst)
        {
            int place = kept[run.Project] = kept.GetValueOrDefault(run.Project) + 1;
            if (place > keep && run.EndedAt is { } ended && ended <= before)
            {
                yield return run;
            }
        }
    }

    /// <summary>Whether the refusal to remove a run only means that it stays.</summary>
    public static bool Stays(FlowException refusal) => refusal.Failure.Kind is FailureKind.Conflict or FailureKind.NotFound;
}
