using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>What trying a candidate's checkpoints has cost, by the answers and deployments that lie in storage.</summary>
public sealed class CheckpointCosts(IBlobStore store, RunPrices prices)
{
    /// <summary>USD of the answers.</summary>
    /// <param name="candidate">As planned.</param>
    /// <param name="provider">Where they were asked.</param>
    /// <param name="counted">Names of answers (<see cref="PlannedCandidate.AnswersAs"/>) that are left out.</param>
    public async Task<double> AskingAsync(
        string runId, PlannedCandidate candidate, ProviderFacts provider, IReadOnlyCollection<string> counted, CancellationToken cancellation)
    {
        if (!candidate.TriesCheckpoints)
        {
            return 0;
        }

        var answers = new Dictionary<(string As, string Row), Prediction>();
        foreach (string prefix in (string[])[RunPaths.CheckpointPredictionsPrefix(runId, candidate.Name), RunPaths.CheckpointAnswersPrefix(runId, candidate.Name)])
        {
            await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, prefix, cancellation))
            {
                string name = candidate.Name + '_' + entry.Path.Name[prefix.Length..].Split('/')[0];
                if (!counted.Contains(name) && RunPaths.HoldsAnswers(entry.Path))
                {
                    foreach (Prediction answer in await store.ReadLinesAsync<Prediction>(entry.Path, cancellation))
                    {
                        answers[(name, answer.Id)] = answer;
                    }
                }
            }
        }

        return prices.Evaluation(provider, candidate, batch: false, answers.Values.Where(answer => !answer.PaidBefore)).EvaluationUsd;
    }

    /// <summary>USD of the deployments of its checkpoints.</summary>
    public async Task<double> HostingAsync(string runId, PlannedCandidate candidate, CancellationToken cancellation)
    {
        double usd = 0;
        if (candidate.TriesCheckpoints)
        {
            await foreach (BlobEntry entry in store.ListAsync(RunPaths.Runs, $"{RunPaths.DeploymentsPrefix(runId)}{candidate.Name}_", cancellation))
            {
                usd += (await store.ReadJsonAsync<DeploymentRecord>(entry.Path, cancellation)).HostingUsd;
            }
        }

        return usd;
    }
}
