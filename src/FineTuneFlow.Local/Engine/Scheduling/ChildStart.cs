using FineTuneFlow.Local.Engine.Replay;
using FineTuneFlow.Local.Engine.Storage;
using FineTuneFlow.Workflow.Durable;

namespace FineTuneFlow.Local.Engine.Scheduling;

/// <summary>Makes the instance of a sub-orchestration, within its parent's transaction.</summary>
internal static class ChildStart
{
    /// <returns>Null when the id is taken.</returns>
    public static InstanceRow? Begin(WriteStatements write, string id, string name, ChildCall call, ParentStep parent, long at)
    {
        var row = new InstanceRow
        {
            Key = 0,
            Id = id,
            Name = name,
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

        InstanceRow existing = write.Find(id)!;
        if (!call.Again || existing.Parent?.Key != parent.Key || existing.Status < InstanceStatus.Completed)
        {
            return null;
        }

        InstanceRow again = row with { Key = existing.Key, Execution = existing.Execution + 1, Generation = existing.Generation + 1 };
        write.BeginExecution(again, at, customStatus: null);
        return again;
    }
}
