using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Asks a model for every judged row, chunk by chunk side by side, and scores the answers by row id.</summary>
public static class EvaluateCandidate
{
    // Enough to keep any rate limit full; more would only lengthen the history that one turn reads.
    private const int ChunksAtOnce = 8;

    /// <summary>Some deployments never come up and do so when they are made once more; more often it is something else.</summary>
    private const int MostRemade = 3;

    private static readonly TimeSpan DeploymentPatience = TimeSpan.FromMinutes(30);

    public static async Task<CandidateScore> RunAsync(IOrchestrationContext context, EvaluateCandidateInput input)
    {
        DeployedModel? deployment = null;
        int remade = 0;
        bool inBatches = input.Plan.Batch;
        try
        {
            while (true)
            {
                (deployment, remade) = await Deploy(context, input, remade);
                string model = deployment?.Deployment ?? input.Model;
                if (inBatches)
                {
                    await AskInBatches(context, input, model);
                }

                try
                {
                    if (await AskAll(context, input, model))
                    {
                        break;
                    }
                }
                catch (StepFailedException silent) when (deployment is not null && silent.Failure.Kind == FailureKind.Unavailable)
                {
                    // It stands, and did not answer however often it was asked. What was answered before is kept.
                    remade = NextAttempt(remade, input, "answers nothing");
                    continue;
                }

                inBatches = inBatches ? throw LeftOpen(input) : true;
                context.Logger("FineTuneFlow.Runs").LogInformation(
                    "{Instance}: {Provider} answers {Model} in batches only, so it is asked in batches", context.InstanceId, input.Candidate.Provider, model);
            }
        }
        finally
        {
            // A deployment costs by the hour: it goes, whatever happened.
            if (deployment is not null)
            {
                await context.CallAsync(Steps.RemoveDeployment, new RemoveDeploymentInput(input.RunId, input.Candidate.AnswersAs, input.Candidate.Provider));
            }
        }

        CandidateScore score = await context.CallAsync(Steps.ScoreCandidate, new ScoreCandidateInput(input.RunId, input.Candidate));
        return score with { InBatchesOnly = inBatches && !input.Plan.Batch };
    }

    /// <summary>Waits for a deployment. One that is stuck is deleted and made again, a few times.</summary>
    private static async Task<(DeployedModel? Deployment, int Remade)> Deploy(IOrchestrationContext context, EvaluateCandidateInput input, int remade)
    {
        if (!input.Candidate.IsTuned)
        {
            return (null, remade);
        }

        DateTimeOffset stuck = context.UtcNow + DeploymentPatience;
        TimeSpan wait = TimeSpan.FromSeconds(5);
        while (true)
        {
            DeployedModel deployed = await context.CallPatientlyAsync(
                Steps.DeployModel,
                new DeployModelInput(input.RunId, input.Candidate.AnswersAs, input.Candidate.Provider, input.Model, remade),
                input.Candidate.Provider,
                input.Deadline);
            if (deployed.Deployment is null)
            {
                return (null, remade);
            }

            if (deployed.Ready)
            {
                return (deployed, remade);
            }

            if (context.UtcNow >= stuck)
            {
                remade = NextAttempt(remade, input, $"was still being made after {DeploymentPatience.TotalMinutes:0} minutes");
                stuck = context.UtcNow + DeploymentPatience;
                wait = TimeSpan.FromSeconds(5);
            }

            context.SetStatus(new CandidateProgress(remade == 0 ? "deploying" : $"deploying again ({remade} of {MostRemade})", null, null));
            await context.Delay(wait);
            wait = TimeSpan.FromSeconds(Math.Min(60, wait.TotalSeconds * 1.5));
        }
    }

    private static int NextAttempt(int remade, EvaluateCandidateInput input, string what) => remade < MostRemade
        ? remade + 1
        : throw new FlowException(
            FailureKind.JobFailed,
            $"The deployment of {input.Model} at {input.Candidate.Provider} {what}, also after it was deleted and made again {MostRemade} times",
            "Look at it in the portal, or ask the service's support; a rerun adopts the trained model and tries the deployment anew");

    private static FlowException LeftOpen(EvaluateCandidateInput input) => new(
        FailureKind.JobFailed,
        $"A batch at {input.Candidate.Provider} has ended without answering all rows, and the service answers {input.Model} in batches only",
        "Rerun: what is answered is adopted, and another batch asks the rest");

    /// <summary>Half the price and up to a day: what a batch leaves open is asked online afterwards.</summary>
    private static Task AskInBatches(IOrchestrationContext context, EvaluateCandidateInput input, string model) => Task.WhenAll(
        input.Plan.BatchParts(input.RunId, input.Candidate, model).Select(part => AskBatch(context, part, input.Deadline)));

    private static async Task AskBatch(IOrchestrationContext context, BatchPartInput part, DateTimeOffset? deadline)
    {
        string provider = part.Candidate.Provider;
        SubmittedBatch batch = await context.CallPatientlyAsync(Steps.SubmitBatch, part, provider, deadline);
        if (batch == SubmittedBatch.None)
        {
            return;
        }

        TimeSpan wait = TimeSpan.FromSeconds(1);
        while (true)
        {
            BatchProgress progress = await context.CallPatientlyAsync(Steps.PollBatch, new BatchStepInput(part, batch.BatchId), provider, deadline);
            context.SetStatus(new CandidateProgress($"batch {progress.State}", progress.Done, progress.Total));
            if (progress.Ended)
            {
                break;
            }

            // At most a day at ten minutes a look: a history that needs no new beginning.
            await context.WaitForEvent(Signals.Wake, context.UtcNow + wait);
            wait = TimeSpan.FromSeconds(Math.Min(600, wait.TotalSeconds * 2));
        }

        await context.CallPatientlyAsync(Steps.CollectBatch, new BatchStepInput(part, batch.BatchId), provider, deadline);
    }

    /// <returns>False: the service answers the model in batches only.</returns>
    private static async Task<bool> AskAll(IOrchestrationContext context, EvaluateCandidateInput input, string model)
    {
        var open = new Queue<int>(Enumerable.Range(0, input.Plan.Chunks));
        while (true)
        {
            (StepFailedException? refused, bool inBatchesOnly) = await AskUntilRefused(context, input, model, open);
            if (refused is null || inBatchesOnly)
            {
                return !inBatchesOnly;
            }

            DateTimeOffset until = context.Until(refused.Failure, input.Candidate.Provider, input.Deadline);
            context.SetStatus(new CandidateProgress(
                LongWaits.Shown(input.Candidate.Provider, until), input.Plan.Chunks - open.Count, input.Plan.Chunks));
            if (await context.WaitForEvent(Signals.Wake, until) is { Reason: WakeUp.Cancelled })
            {
                throw refused;
            }
        }
    }

    /// <summary>Asks chunk by chunk until none is open.</summary>
    /// <returns>How the service asked to wait for long, what it refused being open again, and whether it answers in batches only; neither:
    /// all are answered.</returns>
    private static async Task<(StepFailedException? Refused, bool InBatchesOnly)> AskUntilRefused(
        IOrchestrationContext context, EvaluateCandidateInput input, string model, Queue<int> open)
    {
        var running = new Dictionary<Task<ChunkResult>, int>();
        StepFailedException? refused = null;
        bool inBatchesOnly = false;
        try
        {
            while (running.Count > 0 || (open.Count > 0 && refused is null && !inBatchesOnly))
            {
                while (open.Count > 0 && refused is null && !inBatchesOnly && running.Count < ChunksAtOnce)
                {
                    int chunk = open.Dequeue();
                    running.Add(context.CallAsync(Steps.EvaluateChunk, new EvaluateChunkInput(input.RunId, input.Candidate, model, chunk)), chunk);
                }

                Task<ChunkResult> finished = await Task.WhenAny(running.Keys);
                running.Remove(finished, out int ended);
                try
                {
                    inBatchesOnly |= (await finished).InBatchesOnly;
                }
                catch (StepFailedException error) when (LongWaits.IsLong(error.Failure))
                {
                    refused = error;
                    open.Enqueue(ended);
                    continue;
                }

                context.SetStatus(new CandidateProgress("evaluating", input.Plan.Chunks - open.Count - running.Count, input.Plan.Chunks));
            }

            return (refused, inBatchesOnly);
        }
        catch (StepFailedException)
        {
            // What is being asked is being paid for: it is stored and counted, and the deployment stays until then.
            await Task.WhenAll(running.Keys.Select(Ended));
            throw;
        }
    }

    private static async Task Ended(Task step)
    {
        try
        {
            await step;
        }
        catch (StepFailedException)
        {
            // The first failure is the candidate's.
        }
    }
}

/// <param name="Candidate">As planned.</param>
/// <param name="Model">The model to ask: a fine-tune's id or an untuned model.</param>
/// <param name="Plan">How the judged rows are cut.</param>
/// <param name="Deadline">Of the run; null: it is not known here.</param>
public sealed record EvaluateCandidateInput(
    string RunId, PlannedCandidate Candidate, string Model, EvaluationPlan Plan, DateTimeOffset? Deadline = null);
