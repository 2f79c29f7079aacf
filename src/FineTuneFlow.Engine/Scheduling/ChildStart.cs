using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine.Scheduling;

/// <summary>Makes the instance of a sub-orchestration, within its parent's transaction.</summary>
internal static class ChildStart
{
    /// <param name="write">The parent's transaction.</param>
    /// <param name="request">The row that asks for it.</param>
    /// <param name="call">What it asks for.</param>
    /// <param name="parent">Who waits for it.</param>
    /// <param name="execution">The parent's.</param>
    /// <param name="at">UTC ticks.</param>
    /// <param name="refused">The id is taken.</param>
    /// <returns>The instance to begin; null also where one that is running already serves.</returns>
    public static InstanceRow? Begin(
        WriteStatements write, HistoryRow request, ChildCall call, ParentStep parent, int execution, long at, out Failure? refused)
    {
        refused = null;
        var row = new InstanceRow
        {
            Key = 0,
            Id = request.Target!,
            Name = request.Name!,
            Version = call.Version,
            Status = InstanceStatus.Pending,
            Begun = false,
            Execution = 1,
            Generation = 1,
            Input = call.Input,
            Parent = parent,
        };
        if (write.InsertInstance(row, at) is { } key)
        {
            return row with { Key = key };
        }

        InstanceRow existing = write.Find(row.Id)!;
        // A rewind may have taken the step away that it was begun for; asked for again, it is the same child.
        bool isOurs = existing.Parent is { } asked && asked.Key == parent.Key
            && (call.Again || (asked.Generation == parent.Generation && !write.AsksForChild(parent.Key, execution, asked.Step, row.Id)));
        if (!isOurs || (existing.Status < InstanceStatus.Completed && existing.Name != row.Name))
        {
            refused = new Failure(FailureKind.Conflict, $"An instance {row.Id} exists already", "Give every sub-orchestration an id of its own");
            return null;
        }

        if (existing.Status < InstanceStatus.Completed)
        {
            write.SetParent(existing.Key, parent);
            return null;
        }

        InstanceRow again = row with { Key = existing.Key, Execution = existing.Execution + 1, Generation = existing.Generation + 1 };
        write.BeginExecution(again, at, customStatus: null);
        return again;
    }
}
