using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What a run has cost beside its judged candidates: deployments, jobs that ended without a model, answers of evaluations
/// that broke off, containers that were stopped. Worked out from what lies in storage, so that a cancelled or failed run says what
/// it had cost.</summary>
public sealed class LateCosts(
    IBlobStore store,
    IProviders providers,
    ContainerStarts starts,
    ContainerRequests requests,
    RunPrices prices,
    CandidateScores scores,
    CheckpointCosts checkpoints,
    EarlierRuns earlier)
{
    /// <returns>Those above zero.</returns>
    public async Task<ImmutableArray<LateCost>> OfAsync(
        string runId, ImmutableArray<string> trained, ImmutableArray<string> judged, Recipe recipe, CancellationToken cancellation)
    {
        if (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(runId), cancellation) is not { Value: var plan })
        {
            return [];
        }

        var costs = ImmutableArray.CreateBuilder<LateCost>();
        foreach (PlannedCandidate candidate in plan.Candidates.Where(c => providers.All.Any(p => p.Name == c.Provider)))
        {
            ProviderFacts provider = providers.Get(candidate.Provider).Facts;
            double usd = (await store.FindJsonAsync<DeploymentRecord>(RunPaths.Deployment(runId, candidate.Name), cancellation))?.Value.HostingUsd ?? 0;
            usd += await checkpoints.HostingAsync(runId, candidate, cancellation) + await checkpoints.AskingAsync(runId, candidate, provider, judged, cancellation);
            if (candidate.Trains && !trained.Contains(candidate.Name) && (await earlier.MadeAsync(runId, candidate.Name, cancellation))?.PaidBy is null)
            {
                ProviderJob? job = (await store.FindJsonAsync<ProviderJob>(RunPaths.Job(runId, candidate.Name), cancellation))?.Value;
                TrainingTier? tier = recipe.Candidates.FirstOrDefault(c => c.Name == candidate.Name)?.Tier;
                usd += prices.Training(provider, candidate.Model, tier, job?.TrainedTokens).TrainingUsd;
            }

            if (!judged.Contains(candidate.Name))
            {
                bool batch = recipe.Evaluation.Mode == EvaluationMode.Batch;
                usd += prices.Evaluation(provider, candidate, batch, await AnswersAsync(runId, candidate.Name, cancellation)).EvaluationUsd;
            }

            if (usd > 0)
            {
                costs.Add(new LateCost(candidate.Name, usd, provider.Simulated));
            }
        }

        foreach (PlannedBaseline baseline in plan.Baselines.Where(b => b.Kind != BaselineKind.Linear && !judged.Contains(b.Name)))
        {
            if (await requests.FindAsync(runId, baseline.Name, cancellation) is { } request
                && await starts.WorkedAsync(request, cancellation) is var (machine, worked)
                && ActualCost.OfContainer(machine, worked, prices.Book).TotalUsd is > 0 and var usd)
            {
                costs.Add(new LateCost(baseline.Name, usd, Simulated: false));
            }
        }

        return costs.ToImmutable();
    }

    /// <summary>All that was answered to this run, recorded or not.</summary>
    private async Task<IEnumerable<Prediction>> AnswersAsync(string runId, string candidate, CancellationToken cancellation)
    {
        List<Prediction> answers = await scores.PredictionsAsync(runId, candidate, cancellation);
        await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, RunPaths.AnswersPrefix(runId, candidate), cancellation))
        {
            if (RunPaths.HoldsAnswers(entry.Path))
            {
                answers.AddRange(await store.ReadLinesAsync<Prediction>(entry.Path, cancellation));
            }
        }

        return answers.Where(p => !p.PaidBefore).DistinctBy(p => p.Id);
    }
}
