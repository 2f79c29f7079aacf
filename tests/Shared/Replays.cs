using FineTuneFlow.Durable;
using FineTuneFlow.Engine;
using FineTuneFlow.Engine.Replay;
using FineTuneFlow.Engine.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Tests;

/// <summary>Replays what an engine has recorded.</summary>
internal static class Replays
{
    /// <summary>Replays every prefix of every history in the database, of children and of earlier executions too: the code must ask
    /// for the recorded actions, each at its place.</summary>
    /// <returns>How many prefixes there were.</returns>
    public static async Task<int> AssertEveryPrefixAsync(DurableEngine engine, WorkflowCatalog catalog)
    {
        int prefixes = 0;
        string? continuation = null;
        do
        {
            InstancePage page = await engine.QueryAsync(new InstanceQuery { RootsOnly = false, PageSize = 1_000, Continuation = continuation });
            foreach (InstanceState state in page.Instances)
            {
                InstanceRow row = engine.Runtime.Database.Read(read => read.Row(state.InstanceId))!;
                // Ids of children derive from the generation, which goes on with each execution but one that a rewind began.
                for (int execution = row.Execution, generation = row.Generation; execution >= 1; execution--)
                {
                    List<HistoryRow> rows = engine.Runtime.Database.Read(read => read.History(row.Key, execution));
                    prefixes += AssertEveryPrefix(engine, catalog, row with { Execution = execution, Generation = generation }, rows);
                    generation -= rows.Exists(r => r.Kind == HistoryKind.Rewound) ? 0 : 1;
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        return prefixes;
    }

    private static int AssertEveryPrefix(DurableEngine engine, WorkflowCatalog catalog, InstanceRow then, List<HistoryRow> rows)
    {
        if (rows is not [{ Kind: HistoryKind.ExecutionStarted }, ..])
        {
            return 0; // Of a rewound execution only the failures stay, of one long past only its end.
        }

        int prefixes = 0;
        for (int end = 1; end <= rows.Count; end++)
        {
            // A prefix ends where the code has been given an event and has asked for all that it asks for then.
            if (end == rows.Count || !rows[end].IsAction)
            {
                var replayed = new OrchestrationExecution(then, catalog.Orchestrations[(then.Name, then.Version)], engine.Runtime.Options, NullLoggerFactory.Instance);
                replayed.Replay(rows[..end]);
                prefixes++;
            }
        }

        return prefixes;
    }
}
