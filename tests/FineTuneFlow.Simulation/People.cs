using FineTuneFlow.Core.Failures;
using FineTuneFlow.Engine;
using FineTuneFlow.Workflow;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Simulation;

/// <summary>What people and services do from outside: they start, approve, cancel and suspend runs, send webhooks, and tell the listener.</summary>
internal sealed class People(World world, Scenario scenario, SimulatedStore store, Func<string, SimulatedHost> hostOf)
{
    private readonly HashSet<string> _started = [];

    /// <summary>All runs, and the listener, have been started.</summary>
    public bool HaveStartedAll => _started.Count == scenario.Runs.Count + (scenario.Told.Count > 0 ? 1 : 0);

    /// <summary>The listener heard each at least once; each once where nobody had to say it again.</summary>
    public async Task CheckListenerAsync(DurableEngine engine)
    {
        if (scenario.Told.Count > 0 && (await engine.GetAsync(Listener.Id))?.Output is { } output)
        {
            int[] heard = [.. output["heard"]!.AsArray().Select(number => number!.GetValue<int>())];
            int[] lost = [.. Enumerable.Range(1, scenario.Told.Count - 1).Except(heard)];
            if (lost.Length > 0)
            {
                world.Violate($"The listener was never told {string.Join(", ", lost)}; it heard {string.Join(", ", heard)}");
            }
        }
    }

    public async Task PlanAsync()
    {
        foreach (ScenarioRun run in scenario.Runs)
        {
            await PlanAsync(run);
        }

        if (scenario.Told.Count > 0)
        {
            Ask(Listener.Id, world.Now, async engine =>
            {
                await engine.StartAsync(Listener.Name, Listener.Id, new Listener.ListenerInput([], scenario.Told.Count));
                _started.Add(Listener.Id);
                Tell();
            });
        }
    }

    private void Tell()
    {
        for (int i = 0; i < scenario.Told.Count; i++)
        {
            // The last one ends it, and comes when all others have been said.
            int number = i + 1;
            DateTimeOffset at = world.Now + (number < scenario.Told.Count ? scenario.Told[i] : TimeSpan.FromHours(2));
            Ask(Listener.Id, at, engine => engine.RaiseEventAsync(Listener.Id, Listener.Told, new Listener.Number(number)));
        }
    }

    /// <summary>The service's webhook: perhaps, perhaps twice, perhaps before the service's own lists know of it.</summary>
    public void Webhook(SimulatedJob job)
    {
        string point = $"webhook {job.RunId} {job.Candidate}";
        for (int i = world.Chance.Below(point, 3); i > 0; i--)
        {
            Ask(
                job.RunId, job.EndsAt + world.Chance.Between($"{point} after", -2, 20),
                engine => engine.RaiseEventAsync(Flows.MonitorId(job.RunId, job.Candidate), Signals.Wake, new WakeUp("webhook")));
        }
    }

    /// <summary>A run that waits for an answer which does not come is cancelled now and then, where the network is that bad.</summary>
    public void LosePatience(string runId)
    {
        if (scenario.LosesRequests && world.Chance.Hits($"{runId} takes too long", 0.3))
        {
            Ask(
                runId, world.Now + world.Chance.Between($"{runId} is given up", 1, 130),
                engine => engine.RaiseEventAsync(runId, Signals.Cancel, new CancelRequest("somebody", "it hangs")));
        }
    }

    private async Task PlanAsync(ScenarioRun run)
    {
        BlobWritten drop = await store.WriteBytesAsync(RunPaths.Drop(ServedChampion.Project, "rows.csv"), PreparedOnce.Csv);
        BlobWritten recipe = await store.WriteJsonAsync(RunPaths.Recipe(run.RunId), run.Recipe);
        var input = new RunInput(run.RunId, ServedChampion.Project, drop.Ref, recipe.Ref, run.Recipe.DeadlineHours, "http");
        DateTimeOffset start = world.Now + run.StartedAfter;
        Ask(run.RunId, start, async engine =>
        {
            await engine.StartAsync(Flows.FineTuneRun, run.RunId, input);
            _started.Add(run.RunId);
        });
        if (run.StartedTwice)
        {
            Ask(run.RunId, start + TimeSpan.FromSeconds(3), engine => engine.StartAsync(Flows.FineTuneRun, run.RunId, input));
        }

        if (run.Approved is { } approved)
        {
            Ask(run.RunId, start + run.DecidedAfter, engine => engine.RaiseEventAsync(run.RunId, Signals.Approval, new ApprovalDecision(approved)));
        }

        if (run.CancelledAfter is { } cancel)
        {
            Ask(run.RunId, start + cancel, engine => engine.RaiseEventAsync(run.RunId, Signals.Cancel, new CancelRequest("somebody")));
        }

        if (run.SuspendedAfter is { } suspend)
        {
            // Resumed by whoever has suspended it: a run that stays suspended never ends.
            Ask(run.RunId, start + suspend, async engine =>
            {
                await engine.SuspendAsync(run.RunId, "look");
                Ask(
                    run.RunId, world.Now + world.Chance.Magnitude($"{run.RunId} resumed", 1, 4_000),
                    again => again.ResumeAsync(run.RunId, "go on"));
            });
        }
    }

    /// <summary>A call from outside, repeated until the engine has answered it.</summary>
    private void Ask(string about, DateTimeOffset at, Func<DurableEngine, Task> call) => world.Outside(at, async () =>
    {
        try
        {
            await call(hostOf(about).Engine);
        }
        catch (FlowException failed) when (failed.Failure.Kind is FailureKind.NotFound or FailureKind.Conflict)
        {
            // It has ended, or has not begun: whoever called is told so.
        }
        catch (FlowException failed) when (failed.Failure.Kind == FailureKind.Unavailable)
        {
            Ask(about, world.Now + TimeSpan.FromSeconds(5), call);
        }
    });
}
