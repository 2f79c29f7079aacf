using System.Globalization;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Simulation;

/// <summary>What must hold whatever has happened.</summary>
internal sealed class Invariants(World world, Scenario scenario, SimulatedService service, SimulatedStore store)
{
    private static readonly RunPrices Prices = new(PriceBook.Default);

    /// <summary>A removal is asked for, arrives and is noted at three moments.</summary>
    private static readonly double HostingTolerance = SimulatedDeployment.HourlyUsd * TimeSpan.FromMinutes(4).TotalHours;

    /// <summary>Whether the answer of a model to a row is in storage, recorded or kept from an attempt that broke off.</summary>
    public bool IsStored(string model, string row)
    {
        (string runId, string candidate) = OwnerOf(model);
        string id = $"\"{row}\"";
        return store.Contains(RunPaths.Runs, RunPaths.PredictionsPrefix(runId, candidate), id) || store.Contains(RunPaths.Runs, RunPaths.AnswersPrefix(runId, candidate), id);
    }

    public async Task CheckAsync(DurableEngine engine)
    {
        InstancePage all = await engine.QueryAsync(new InstanceQuery { RootsOnly = false, PageSize = 1_000 });
        foreach (InstanceState open in all.Instances.Where(i => !i.HasEnded))
        {
            world.Violate($"{open.InstanceId} never ended: it is {open.Status}, {open.CustomStatus?.ToJsonString()}");
        }

        foreach (ScenarioRun run in scenario.Runs)
        {
            await CheckAsync(run, await engine.GetAsync(run.RunId));
        }

        foreach (SimulatedDeployment left in service.Standing)
        {
            world.Violate($"The deployment {left.Name} stands and costs");
        }

        foreach (SimulatedJob running in service.Jobs.Where(j => j.EndsAt > world.Now))
        {
            world.Violate($"The job of {running.RunId}, {running.Candidate} still runs and costs");
        }
    }

    private async Task CheckAsync(ScenarioRun run, InstanceState? state)
    {
        if (state is null)
        {
            world.Violate($"{run.RunId} was never started");
            return;
        }

        if (state.Status == InstanceStatus.Failed && state.Failure!.Kind is Core.Failures.FailureKind.Internal or Core.Failures.FailureKind.NonDeterministic)
        {
            world.Violate($"{run.RunId} failed by a defect: {state.Failure}");
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

        foreach (IGrouping<string, SimulatedJob> jobs in service.Jobs.Where(j => j.RunId == run.RunId).GroupBy(j => j.Candidate))
        {
            if (jobs.Count() > 1)
            {
                world.Violate($"{jobs.Count()} jobs were created for {jobs.Key} of {run.RunId}");
            }
        }

        if (await store.FindJsonAsync<JsonArray>(RunPaths.JobQueue(Scenario.Provider)) is { Value: var queue } && queue.Any(t => t!["runId"]!.GetValue<string>() == run.RunId))
        {
            world.Violate($"{run.RunId} keeps a job slot after its end");
        }

        foreach (CandidateRecord candidate in record.Candidates)
        {
            await CheckAsync(run, record, candidate);
        }

        await CheckCostAsync(run, record);
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
            int answered = (await AnswersAsync(run.RunId, candidate.Name, recordedOnly: true)).Count;
            EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(run.RunId));
            if (answered != plan.Rows)
            {
                world.Violate($"{candidate.Name} of {run.RunId} is judged by {answered} of {plan.Rows} rows");
            }

            if (candidate.TunedModel is not null && service.Jobs.All(j => j.Candidate != candidate.Name || j.RunId != run.RunId))
            {
                world.Violate($"{candidate.Name} of {run.RunId} has a model and no job");
            }
        }
    }

    /// <summary>The service's ledger, at the price book's prices, beside what run.json says was spent.</summary>
    private async Task CheckCostAsync(ScenarioRun run, RunRecord record)
    {
        RunPlan? plan = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(run.RunId)))?.Value;
        double training = 0;
        double asking = 0;
        foreach (PlannedCandidate candidate in plan?.Candidates ?? [])
        {
            long tokens = service.Jobs.Where(j => j.RunId == run.RunId && j.Candidate == candidate.Name).Sum(j => j.At(world.Now).TrainedTokens ?? 0);
            training += Prices.Training(service.Facts, candidate.Model, null, tokens).TrainingUsd;
            asking += Prices.Evaluation(service.Facts, candidate, batch: false, await AnswersAsync(run.RunId, candidate.Name, recordedOnly: false)).EvaluationUsd;
        }

        SimulatedDeployment[] deployments = [.. service.AllDeployments.Where(d => d.Name.StartsWith(run.RunId, StringComparison.Ordinal))];
        double hosting = deployments.Sum(d => ((d.RemovedAt ?? world.Now) - d.CreatedAt).TotalHours * SimulatedDeployment.HourlyUsd);
        double owed = training + asking + hosting;
        if (Math.Abs(owed - record.SpentUsd) > 1e-9 + (HostingTolerance * deployments.Length))
        {
            world.Violate(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.RunId} ({record.Outcome}) owes {owed:0.000000} USD (training {training:0.000000}, asking {asking:0.000000}, hosting {hosting:0.000000}); run.json says {record.SpentUsd:0.000000}"));
        }
    }

    private async Task<List<Prediction>> AnswersAsync(string runId, string candidate, bool recordedOnly)
    {
        var answers = new List<Prediction>();
        string[] prefixes = recordedOnly
            ? [RunPaths.PredictionsPrefix(runId, candidate)]
            : [RunPaths.PredictionsPrefix(runId, candidate), RunPaths.AnswersPrefix(runId, candidate)];
        foreach (string prefix in prefixes)
        {
            await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix))
            {
                if (entry.Path.Name.EndsWith(".jsonl", StringComparison.Ordinal))
                {
                    answers.AddRange(await store.ReadLinesAsync<Prediction>(entry.Path));
                }
            }
        }

        return [.. answers.DistinctBy(a => a.Id)];
    }

    /// <summary>A model's run and candidate: a fine-tune's by its job, a deployment's by its name, a base model's by the scenario.</summary>
    private (string RunId, string Candidate) OwnerOf(string model)
    {
        if (service.Jobs.FirstOrDefault(j => j.At(world.Now).TunedModel == model) is { } job)
        {
            return (job.RunId, job.Candidate);
        }

        foreach (ScenarioRun run in scenario.Runs)
        {
            if (run.Recipe.Candidates.FirstOrDefault(c => ModelDeployment.NameOf(run.RunId, c.Name) == model) is { } deployed)
            {
                return (run.RunId, deployed.Name);
            }
        }

        return (scenario.Runs[model == PreparedOnce.FirstModel ? 0 : 1].RunId, "p");
    }
}
