using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Asks a model for every judged row, chunk by chunk side by side, and scores the answers by row id.</summary>
public static class EvaluateCandidate
{
    // Enough to keep any rate limit full; more would only lengthen the history that one turn reads.
    private const int ChunksAtOnce = 8;

    public static async Task<CandidateScore> RunAsync(IOrchestrationContext context, EvaluateCandidateInput input)
    {
        string model = input.Model;
        DeployedModel? deployment = null;
        try
        {
            deployment = await Deploy(context, input);
            model = deployment?.Deployment ?? model;
            await AskAll(context, input, model);
        }
        finally
        {
            // A deployment costs by the hour: it goes, whatever happened.
            if (deployment is not null)
            {
                await context.CallAsync(Steps.RemoveDeployment, new RemoveDeploymentInput(input.RunId, input.Candidate.Name, input.Candidate.Provider));
            }
        }

        return await context.CallAsync(Steps.ScoreCandidate, new ScoreCandidateInput(input.RunId, input.Candidate));
    }

    private static async Task<DeployedModel?> Deploy(IOrchestrationContext context, EvaluateCandidateInput input)
    {
        if (!input.Candidate.IsTuned)
        {
            return null;
        }

        TimeSpan wait = TimeSpan.FromSeconds(5);
        while (true)
        {
            DeployedModel deployed = await context.CallAsync(
                Steps.DeployModel, new DeployModelInput(input.RunId, input.Candidate.Name, input.Candidate.Provider, input.Model));
            if (deployed.Deployment is null)
            {
                return null;
            }

            if (deployed.Ready)
            {
                return deployed;
            }

            context.SetStatus(new CandidateProgress("deploying", null, null));
            await context.Delay(wait);
            wait = TimeSpan.FromSeconds(Math.Min(60, wait.TotalSeconds * 1.5));
        }
    }

    private static async Task AskAll(IOrchestrationContext context, EvaluateCandidateInput input, string model)
    {
        var running = new List<Task<ChunkResult>>();
        int next = 0;
        int done = 0;
        while (done < input.Plan.Chunks)
        {
            while (next < input.Plan.Chunks && running.Count < ChunksAtOnce)
            {
                running.Add(context.CallAsync(Steps.EvaluateChunk, new EvaluateChunkInput(input.RunId, input.Candidate, model, next++)));
            }

            Task<ChunkResult> finished = await Task.WhenAny(running);
            running.Remove(finished);
            await finished;
            done++;
            context.SetStatus(new CandidateProgress("evaluating", done, input.Plan.Chunks));
        }
    }
}

/// <param name="RunId">The run.</param>
/// <param name="Candidate">As planned.</param>
/// <param name="Model">The model to ask: a fine-tune's id or an untuned model.</param>
/// <param name="Plan">How the judged rows are cut.</param>
public sealed record EvaluateCandidateInput(string RunId, PlannedCandidate Candidate, string Model, EvaluationPlan Plan);
