using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Replay;

/// <summary>A failed execution's history without its failures: what can be kept, what falls away, and which steps are open
/// again.</summary>
/// <param name="Kept">In the order in which a replay needs them; sequences are those of old, 0 for a new action.</param>
/// <param name="Dropped">The failures and what followed from them.</param>
internal sealed record RewoundHistory(IReadOnlyList<HistoryRow> Kept, IReadOnlyList<HistoryRow> Dropped)
{
    /// <summary>Steps asked for that have no end.</summary>
    public IReadOnlyList<HistoryRow> Open
    {
        get
        {
            HashSet<int> closed = [.. Kept.Where(r => r.CompletesStep || r.Kind == HistoryKind.TimerCancelled).Select(r => r.StepId!.Value)];
            return [.. Kept.Where(r =>
                r.Kind is HistoryKind.ActivityScheduled or HistoryKind.ChildScheduled or HistoryKind.TimerCreated && !closed.Contains(r.StepId!.Value))];
        }
    }

    public static RewoundHistory Of(IReadOnlyList<HistoryRow> rows, Func<OrchestrationExecution> make)
    {
        List<HistoryRow> steps = [.. rows.Where(r => r.IsAction || r.IsReceived)];
        List<HistoryRow> kept = Finals(steps, make()) is var (failed, others) ? Undo(steps, failed, others, make) : steps;
        HashSet<int> sequences = [.. kept.Select(r => r.Sequence)];
        return new RewoundHistory(kept, [.. rows.Where(r => !sequences.Contains(r.Sequence))]);
    }

    /// <summary>The steps that failed for good (not those tried again): those whose failures ended the execution or that its
    /// code answered with nothing, and the others.</summary>
    /// <returns>Null: the code is not the one that wrote the history, so nothing can be said about it.</returns>
    private static (HashSet<int> Failed, HashSet<int> Others)? Finals(List<HistoryRow> rows, OrchestrationExecution execution)
    {
        try
        {
            execution.Replay(rows);
        }
        catch (FlowException diverged) when (diverged.Failure.Kind == FailureKind.NonDeterministic)
        {
            return null;
        }

        HashSet<int> others = [.. execution.Failures.Values];
        HashSet<int> failed = [.. others.Where(step => !Answers(rows, step).Any())];
        for (Exception? cause = execution.Error; cause is not null; cause = cause.InnerException)
        {
            if (execution.Failures.TryGetValue(cause, out int step))
            {
                failed.Add(step);
            }
        }

        others.ExceptWith(failed);
        return (failed, others);
    }

    /// <summary>Takes the failures out, and also every other failure whose answers fall away with them: it only completed what
    /// they had begun. A failure that the code answered with other work (a fall-back) is part of its course and stays.</summary>
    private static List<HistoryRow> Undo(List<HistoryRow> rows, HashSet<int> failed, HashSet<int> others, Func<OrchestrationExecution> make)
    {
        while (true)
        {
            List<HistoryRow> kept = Reclaim(rows, failed, make());
            int[] more = [.. others.Where(step => !Answers(rows, step).Any(kept.Contains))];
            if (more.Length == 0)
            {
                return kept;
            }

            failed.UnionWith(more);
            others.ExceptWith(more);
        }
    }

    /// <summary>What the code asked for when it was given the failure of a step.</summary>
    private static IEnumerable<HistoryRow> Answers(List<HistoryRow> rows, int step) =>
        rows.SkipWhile(r => r.Failure is null || r.StepId != step).Skip(1).TakeWhile(r => r.IsAction);

    private static List<HistoryRow> Reclaim(List<HistoryRow> rows, HashSet<int> failed, OrchestrationExecution execution)
    {
        var kept = new List<HistoryRow>();
        var ledger = new ReclaimedSteps(rows, kept);
        execution.Ledger = ledger;
        execution.IsReplaying = true;
        var early = new List<HistoryRow>();
        void Give(HistoryRow row)
        {
            kept.Add(row);
            ledger.At = row.At;
            execution.Apply(row);
        }

        foreach (HistoryRow row in rows.Where(r => r.IsReceived && !(r.Failure is not null && failed.Contains(r.StepId!.Value))))
        {
            if (row.CompletesStep && !ledger.HasClaimed(row.StepId!.Value))
            {
                early.Add(row); // Its step may still be asked for, later than then.
                continue;
            }

            Give(row);
            while (early.Find(r => ledger.HasClaimed(r.StepId!.Value)) is { } now)
            {
                early.Remove(now);
                Give(now);
            }
        }

        return kept;
    }
}
