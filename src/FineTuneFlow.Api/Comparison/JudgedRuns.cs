using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Api.Comparison;

/// <summary>Keeps the figures of the runs that were looked at last: a reader turns pages of the same run. What a report stands on
/// never changes, so that nothing kept can be stale.</summary>
public sealed class JudgedRuns(IBlobStore blobs)
{
    private const int Kept = 3;
    private readonly LinkedList<(string RunId, Task<JudgedRun> Run)> _recent = [];
    private readonly Lock _gate = new();

    /// <summary>Read for this caller alone: whoever goes through many runs must not drive out what others look at.</summary>
    public Task<JudgedRun> ReadOnceAsync(RunReport report, CancellationToken cancellation) => JudgedRun.LoadAsync(blobs, report, cancellation);

    public async Task<JudgedRun> LoadAsync(RunReport report, CancellationToken cancellation)
    {
        Task<JudgedRun> run;
        lock (_gate)
        {
            LinkedListNode<(string RunId, Task<JudgedRun> Run)>? node = _recent.First;
            while (node is not null && (node.Value.RunId != report.RunId || node.Value.Run.IsFaulted))
            {
                node = node.Next;
            }

            if (node is null)
            {
                // Read for all who wait for it: one reader who leaves must not end it for the others.
                node = new LinkedListNode<(string, Task<JudgedRun>)>((report.RunId, JudgedRun.LoadAsync(blobs, report, CancellationToken.None)));
            }
            else
            {
                _recent.Remove(node);
            }

            _recent.AddFirst(node);
            while (_recent.Count > Kept)
            {
                _recent.RemoveLast();
            }

            run = node.Value.Run;
        }

        return await run.WaitAsync(cancellation);
    }
}
