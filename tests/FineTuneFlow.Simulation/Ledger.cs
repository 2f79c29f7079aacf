using System.Globalization;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Simulation;

/// <summary>What the services have been paid for, at the price book's prices, beside what <c>run.json</c> says was spent.</summary>
internal sealed class Ledger(
    World world, SimulatedService service, SimulatedBatches batches, SimulatedContainers containers, SimulatedStore store)
{
    /// <summary>A removal is asked for, arrives and is noted at three moments.</summary>
    private const double HostingToleranceHours = 4 / 60.0;

    private static readonly RunPrices Prices = new(PriceBook.Default);

    public async Task CheckAsync(ScenarioRun run, RunRecord record)
    {
        RunPlan? plan = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(run.RunId)))?.Value;
        double training = 0;
        double asking = 0;
        foreach (PlannedCandidate candidate in plan?.Candidates ?? [])
        {
            long tokens = service.Jobs.Where(j => j.RunId == run.RunId && j.Candidate == candidate.Name).Sum(j => j.At(world.Now).TrainedTokens ?? 0);
            training += Prices.Training(service.Facts, candidate.Model, null, tokens).TrainingUsd;
            asking += Prices.Evaluation(
                service.Facts, candidate, run.Recipe.Evaluation.Mode == EvaluationMode.Batch, await PaidAsync(run.RunId, candidate.Name)).EvaluationUsd;
            foreach (string checkpoint in await TriedAsync(run.RunId, candidate))
            {
                asking += Prices.Evaluation(service.Facts, candidate, batch: false, await AnswersAsync(run.RunId, checkpoint, recordedOnly: false)).EvaluationUsd;
            }
        }

        double machines = containers.Executions.Where(e => e.Request.RunId == run.RunId)
            .Sum(e => ActualCost.OfContainer(e.At(world.Now).Machine, e.Worked(world.Now)).TotalUsd);
        SimulatedDeployment[] deployments = [.. service.AllDeployments.Where(d => d.Name.StartsWith(run.RunId, StringComparison.Ordinal))];
        double hosting = deployments.Sum(d => ((d.RemovedAt ?? world.Now) - d.CreatedAt).TotalHours * d.HourlyUsd);
        double owed = training + asking + machines + hosting;
        if (Math.Abs(owed - record.SpentUsd) > 1e-9 + deployments.Sum(d => d.HourlyUsd * HostingToleranceHours))
        {
            world.Violate(string.Create(
                CultureInfo.InvariantCulture,
                $"{run.RunId} ({record.Outcome}) owes {owed:0.000000} USD (training {training:0.000000}, asking {asking:0.000000}, machines {machines:0.000000}, hosting {hosting:0.000000}); run.json says {record.SpentUsd:0.000000}"));
        }
    }

    /// <summary>A candidate's answers in storage.</summary>
    /// <param name="runId">The run.</param>
    /// <param name="candidate">Its name.</param>
    /// <param name="recordedOnly">Without those that were had before a chunk was recorded.</param>
    public async Task<List<Prediction>> AnswersAsync(string runId, string candidate, bool recordedOnly)
    {
        var answers = new List<Prediction>();
        string[] prefixes = recordedOnly
            ? [RunPaths.PredictionsPrefix(runId, candidate)]
            : [RunPaths.PredictionsPrefix(runId, candidate), RunPaths.AnswersPrefix(runId, candidate)];
        foreach (string prefix in prefixes)
        {
            await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix))
            {
                if (RunPaths.HoldsAnswers(entry.Path))
                {
                    answers.AddRange(await store.ReadLinesAsync<Prediction>(entry.Path));
                }
            }
        }

        return [.. answers.DistinctBy(a => a.Id)];
    }

    /// <summary>Under which names the answers of a candidate's checkpoints are kept.</summary>
    private async Task<IReadOnlyCollection<string>> TriedAsync(string runId, PlannedCandidate candidate)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (string folder in (string[])[$"{runId}/predictions/", $"{runId}/answers/"])
        {
            await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, $"{folder}{candidate.Name}_"))
            {
                names.Add(entry.Path.Name[folder.Length..].Split('/')[0]);
            }
        }

        return names;
    }

    /// <summary>What was answered one by one and is stored, and all that batches have answered, stored or not. (An answer that a dying
    /// host alone had is lost with it, and asked for again.)</summary>
    private async Task<IEnumerable<Prediction>> PaidAsync(string runId, string candidate)
    {
        IEnumerable<Prediction> inBatches = batches.All.Where(b => b.RunId == runId && b.Candidate == candidate).SelectMany(b => b.Answered(world.Now))
            .Select(question => new Prediction { Id = question.Id, PromptTokens = PaidAnswers.PromptTokens, CompletionTokens = PaidAnswers.CompletionTokens });
        return inBatches.Concat(await AnswersAsync(runId, candidate, recordedOnly: false)).DistinctBy(answer => answer.Id);
    }
}
