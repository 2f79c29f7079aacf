using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Notifying;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Rescue;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>The night's work: for every project with a champion it asks whether there is a reason to retrain, and says why where there is
/// none. All drops so far and the feedback become one data set. The data's hash and the champion are part of the run's id, so a night
/// that is repeated, or run by two hosts, starts the same run.</summary>
public sealed class NightlyRetrain(
    IBlobStore store, Champions champions, RetrainReasons reasons, RunStarter runs, SplitMigration splits, Notifier notifier, TimeProvider time, ILogger<NightlyRetrain> logger)
{
    private const string Trigger = "timer";

    /// <returns>The runs begun.</returns>
    public async Task<ImmutableArray<StartedRun>> RunAsync(CancellationToken cancellation)
    {
        var started = ImmutableArray.CreateBuilder<StartedRun>();
        await foreach (string project in champions.ProjectsAsync(cancellation))
        {
            await ForgetAnswersAsync(project, cancellation);
            if (await RunAsync(project, cancellation) is { } run)
            {
                started.Add(run);
            }
        }

        return started.ToImmutable();
    }

    /// <summary>One project's night. What goes wrong with it is recorded and told, and costs no other project its night.</summary>
    /// <returns>Null: there was no reason, or it could not be started.</returns>
    public async Task<StartedRun?> RunAsync(string project, CancellationToken cancellation)
    {
        int idle = (await LastAsync(project, cancellation))?.Idle ?? 0;
        NightRecord record;
        NightPlan? plan = null;
        StartedRun? run = null;
        try
        {
            (plan, run) = await BeginAsync(project, force: false, Trigger, cancellation);
            record = new NightRecord(time.GetUtcNow(), plan.Look, run?.RunId, null, run is null ? idle + 1 : 0);
            await notifier.LookedAsync(project, plan.Look, cancellation);
        }
        catch (FlowException error)
        {
            logger.LogError("Retraining {Project} was not started: {Failure}", project, error.Failure);
            record = new NightRecord(time.GetUtcNow(), null, null, error.Failure.ToString(), idle + 1);
        }

        await store.WriteJsonAsync(RunPaths.Night(project), record, cancellation: cancellation);
        if (plan is { TellsMove: true })
        {
            await splits.ToldAsync(project, cancellation);
        }

        await notifier.NightAsync(project, record, cancellation);
        return run is { Created: true } ? run : null;
    }

    private async Task ForgetAnswersAsync(string project, CancellationToken cancellation)
    {
        await foreach (BlobEntry kept in store.ListAsync(RunPaths.Models, $"{project}/asked/", cancellation))
        {
            if (time.GetUtcNow() - kept.ModifiedAt > TimeSpan.FromDays(7))
            {
                await store.DeleteAsync(kept.Path, cancellation);
            }
        }
    }

    /// <summary>Retrains a project where there is a reason, or by order.</summary>
    /// <param name="force">Also without a reason.</param>
    /// <param name="trigger">For the run's record.</param>
    /// <exception cref="FlowException">NotFound: it has no champion; InvalidInput: its recipe.</exception>
    public async Task<(NightLook Look, StartedRun? Run)> RetrainAsync(string project, bool force, string trigger, CancellationToken cancellation)
    {
        (NightPlan plan, StartedRun? run) = await BeginAsync(project, force, trigger, cancellation);
        return (plan.Look, run);
    }

    private async Task<(NightPlan Plan, StartedRun? Run)> BeginAsync(string project, bool force, string trigger, CancellationToken cancellation)
    {
        NightPlan plan = await reasons.LookAsync(project, null, cancellation);
        if (plan.Look.WhyNot is not null && !force)
        {
            return (plan, null);
        }

        StartedRun run = await StartAsync(project, plan, trigger, cancellation);
        await store.WriteJsonAsync(RunPaths.TriedRows(project), new TriedRows(plan.Champion.Version, plan.Look.NewRows, time.GetUtcNow()), cancellation: cancellation);
        return (plan, run);
    }

    /// <summary>Trains successors of a champion whose model dies on the rows that are kept, without asking for a reason. The report says how
    /// far they agree with the champion.</summary>
    /// <param name="order">What is trained.</param>
    /// <exception cref="FlowException">NotFound: it has no champion; InvalidInput: a recipe.</exception>
    public async Task<(NightLook Look, StartedRun Run)> RescueAsync(string project, RescueOrder order, CancellationToken cancellation)
    {
        NightPlan plan = await reasons.LookAsync(project, order, cancellation);
        return (plan.Look, await StartAsync(project, plan, RunTriggers.Rescue, cancellation));
    }

    /// <summary>What a retrain would go by; nothing is started.</summary>
    /// <param name="order">Of a rescue; null: whether a night would find a reason.</param>
    /// <exception cref="FlowException">NotFound: it has no champion; InvalidInput: a recipe.</exception>
    public async Task<NightLook> LookAsync(string project, RescueOrder? order, CancellationToken cancellation) =>
        (await reasons.LookAsync(project, order, cancellation)).Look;

    private async Task<StartedRun> StartAsync(string project, NightPlan plan, string trigger, CancellationToken cancellation)
    {
        if (plan.MovesFrom is { } from)
        {
            // Before the run begins: no drop that comes while it goes on may be split the old way.
            await splits.MoveAsync(project, from, cancellation);
        }

        return await runs.StartAgainstAsync(project, plan.Rows, plan.Recipe, plan.Champion, trigger, cancellation);
    }

    /// <summary>Null: it had no night yet.</summary>
    public async Task<NightRecord?> LastAsync(string project, CancellationToken cancellation) =>
        (await store.FindJsonAsync<NightRecord>(RunPaths.Night(ProjectName.Check(project)), cancellation))?.Value;
}
