using System.Text.Json.Nodes;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Simulation;

/// <summary>What must hold whatever has happened.</summary>
internal sealed class Invariants(
    World world, Scenario scenario, SimulatedService service, SimulatedBatches batches, SimulatedContainers containers, SimulatedStore store)
{
    private readonly Ledger _ledger = new(world, service, batches, containers, store);

    /// <summary>Whether an answer to a row is in storage, recorded or kept from an attempt that broke off.</summary>
    public static bool IsStored(SimulatedStore store, Asker asker, string row)
    {
        string id = $"\"{row}\"";
        return store.Contains(RunPaths.Runs, RunPaths.PredictionsPrefix(asker.RunId, asker.Candidate), id)
            || store.Contains(RunPaths.Runs, RunPaths.AnswersPrefix(asker.RunId, asker.Candidate), id);
    }

    /// <param name="engineOf">The engine that has a run.</param>
    /// <param name="engines">All of them.</param>
    public async Task CheckAsync(Func<ScenarioRun, DurableEngine> engineOf, IEnumerable<DurableEngine> engines)
    {
        foreach (DurableEngine engine in engines)
        {
            InstancePage all = await engine.QueryAsync(new InstanceQuery { RootsOnly = false, PageSize = 1_000 });
            foreach (InstanceState open in all.Instances.Where(i => !i.HasEnded))
            {
                world.Violate($"{open.InstanceId} never ended: it is {open.Status}, {open.CustomStatus?.ToJsonString()}");
            }

            foreach (InstanceState broken in all.Instances.Where(i => i.Failure?.Kind is FailureKind.Internal or FailureKind.NonDeterministic))
            {
                world.Violate($"{broken.InstanceId} failed by a defect: {broken.Failure}");
            }
        }

        foreach (ScenarioRun run in scenario.Runs)
        {
            await CheckAsync(run, await engineOf(run).GetAsync(run.RunId));
        }

        NothingLeftThatCosts();
        NothingMadeTwice();
    }

    private void NothingLeftThatCosts()
    {
        foreach (SimulatedDeployment left in service.Standing)
        {
            world.Violate($"The deployment {left.Name} stands and costs");
        }

        foreach (SimulatedJob running in service.Jobs.Where(j => j.EndsAt > world.Now))
        {
            world.Violate($"The job of {running.RunId}, {running.Candidate} still runs and costs");
        }

        foreach (SimulatedBatch running in batches.All.Where(b => !b.At(world.Now).HasEnded))
        {
            world.Violate($"The batch of {running.RunId}, {running.Candidate} still runs and costs");
        }

        foreach (SimulatedExecution running in containers.Executions.Where(e => e.EndsAt > world.Now))
        {
            world.Violate($"The container of {running.Request.RunId}, {running.Request.Baseline} still runs and costs");
        }
    }

    private void NothingMadeTwice()
    {
        foreach (var jobs in service.Jobs.GroupBy(j => (j.RunId, j.Candidate)).Where(g => g.Count() > 1))
        {
            world.Violate($"{jobs.Count()} jobs were created for {jobs.Key}");
        }

        foreach (var made in batches.All.GroupBy(b => (b.RunId, b.Candidate, b.Part)).Where(g => g.Count() > 1))
        {
            world.Violate($"{made.Count()} batches were created for {made.Key}");
        }

        foreach (var started in containers.Executions.GroupBy(e => (e.Request.RunId, e.Request.Baseline, e.Request.Attempt)).Where(g => g.Count() > 1))
        {
            world.Violate($"{started.Count()} containers were started for {started.Key}");
        }
    }

    private async Task CheckAsync(ScenarioRun run, InstanceState? state)
    {
        if (state is null)
        {
            world.Violate($"{run.RunId} was never started");
            return;
        }

        if (await store.FindJsonAsync<RunRecord>(RunPaths.Record(run.RunId)) is not { Value: var record } || record.EndedAt is null)
        {
            world.Violate($"{run.RunId} has ended ({state.Status}, {state.Failure}) and its run.json does not say so");
            return;
        }

        if ((state.Status == InstanceStatus.Completed) != (record.Outcome is RunOutcome.Succeeded or RunOutcome.PartlyFailed))
        {
            world.Violate($"{run.RunId} is {state.Status} in the engine and {record.Outcome} in run.json");
        }

        if (await store.FindJsonAsync<JsonArray>(RunPaths.JobQueue(Scenario.Provider)) is { Value: var queue } && queue.Any(t => t!["runId"]!.GetValue<string>() == run.RunId))
        {
            world.Violate($"{run.RunId} keeps a job slot after its end");
        }

        foreach (CandidateRecord candidate in record.Candidates)
        {
            await CheckAsync(run, record, candidate);
        }

        await _ledger.CheckAsync(run, record);
    }

    private async Task CheckAsync(ScenarioRun run, RunRecord record, CandidateRecord candidate)
    {
        bool ended = candidate.State is CandidateState.Judged or CandidateState.Failed;
        if (record.Outcome is RunOutcome.Succeeded or RunOutcome.PartlyFailed && !ended)
        {
            world.Violate($"{candidate.Name} of {run.RunId} is {candidate.State} though the run is {record.Outcome}");
        }

        if (candidate.State == CandidateState.Judged)
        {
            int answered = (await _ledger.AnswersAsync(run.RunId, candidate.Name, recordedOnly: true)).Count;
            EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(run.RunId));
            if (answered != plan.Rows)
            {
                world.Violate($"{candidate.Name} of {run.RunId} is judged by {answered} of {plan.Rows} rows");
            }

            if (candidate is { TunedModel: not null, JobId: not null } && service.Jobs.All(j => j.Candidate != candidate.Name || j.RunId != run.RunId))
            {
                world.Violate($"{candidate.Name} of {run.RunId} has a model and no job");
            }
        }
    }
}
