using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Scheduling;
using FineTuneFlow.Engine.Storage;

namespace FineTuneFlow.Engine;

public sealed partial class DurableEngine
{
    public Task PurgeAsync(string instanceId, CancellationToken cancellation = default) => Runtime.Commits.RunAsync(write =>
    {
        InstanceRow root = write.Find(instanceId) ?? throw NotFound(instanceId);
        var family = new List<InstanceRow> { root };
        for (int i = 0; i < family.Count; i++)
        {
            if (family[i].Status < InstanceStatus.Completed)
            {
                throw new FlowException(
                    FailureKind.Conflict, $"{family[i].Id} has not ended ({family[i].Status})", "Terminate it, then purge");
            }

            family.AddRange(write.Children(family[i].Key));
        }

        family.ForEach(member => write.DeleteInstance(member.Key));
        return family.Count;
    }).WaitAsync(cancellation);

    public async Task RewindAsync(string instanceId, string reason, CancellationToken cancellation = default)
    {
        EngineRuntime runtime = Runtime;
        InstanceRow row = runtime.Database.Read(read => read.Row(instanceId)) ?? throw NotFound(instanceId);
        Rewind rewind = Rewind.Plan(runtime, row);
        // An instance's time never goes back, whatever the clock does.
        long at = Math.Max(_time.GetUtcNow().UtcTicks, row.UpdatedAt);
        await runtime.Commits.RunAsync(
            write =>
            {
                rewind.Write(write, reason, at);
                return true;
            },
            _ => rewind.Committed()).WaitAsync(cancellation);
    }
}
