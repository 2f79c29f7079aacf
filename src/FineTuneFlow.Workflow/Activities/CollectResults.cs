using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Keeps what a job has left: its curve, checkpoints and hyperparameters, and what it cost.</summary>
public sealed class CollectResults(IBlobStore store, IProviders providers, RunPrices prices, FlowTelemetry telemetry)
    : IActivity<CollectResultsInput, TrainedModel>
{
    public async Task<TrainedModel> RunAsync(CollectResultsInput input, CancellationToken cancellation)
    {
        IFineTuningProvider provider = providers.Get(input.Candidate.Provider);
        string name = input.Candidate.Name;
        ProviderJob job = await provider.GetJobAsync(input.JobId, cancellation)
            // Not shown for a moment: what the service said when it had ended is kept, and a model that was paid for is not lost over it.
            ?? (await store.FindJsonAsync<ProviderJob>(RunPaths.Job(input.RunId, name), cancellation) is { Value: { State: JobState.Succeeded, TunedModel: not null } told } ? told : null)
            ?? throw new FlowException(FailureKind.NotFound, $"{input.Candidate.Provider} does not know the job {input.JobId}", "Rerun to train it again");
        job = await WithTokensAsync(job, input, cancellation);
        await store.WriteJsonAsync(RunPaths.Job(input.RunId, name), job, cancellation: cancellation);
        IReadOnlyList<JobCheckpoint> checkpoints = await provider.GetCheckpointsAsync(input.JobId, cancellation);
        TrainingCurve curve = await Curve(provider, job, checkpoints, cancellation);
        await store.WriteBytesAsync(RunPaths.Curve(input.RunId, name), Encoding.UTF8.GetBytes(TrainingCurveFile.Write(curve)), cancellation: cancellation);
        await store.WriteJsonAsync(RunPaths.Checkpoints(input.RunId, name), curve.Checkpoints, cancellation: cancellation);

        CandidateRecipe recipe = await RunRecipes.CandidateAsync(store, input.RunId, name, cancellation);
        CandidateCost cost = prices.Training(provider.Facts, input.Candidate.Model, recipe.Tier, job.TrainedTokens);
        if (input.PaidBy is null)
        {
            telemetry.Tokens(provider.Facts.Name, "training", job.TrainedTokens ?? 0);
            telemetry.Spent(provider.Facts.Name, "training", cost.Simulated ? 0 : cost.TrainingUsd);
        }

        TimeSpan? time = job.FinishedAt - job.CreatedAt;
        return new TrainedModel(job.TunedModel!, job.Id, job.TrainedTokens, cost.TrainingUsd, cost.Simulated, time, job.TokensEstimated, input.PaidBy);
    }

    /// <summary>Azure and others leave the count out at times. Nothing would be the wrong price, so the quote's estimate stands for it,
    /// and is marked.</summary>
    private async Task<ProviderJob> WithTokensAsync(ProviderJob job, CollectResultsInput input, CancellationToken cancellation)
    {
        if (job.TrainedTokens is not null
            || await store.FindJsonAsync<Quote>(RunPaths.Quote(input.RunId), cancellation) is not { Value: var quote }
            || quote.Candidates.FirstOrDefault(c => c.Name == input.Candidate.Name) is not { } quoted)
        {
            return job;
        }

        return job with { TrainedTokens = (long)Math.Round(quoted.TrainingTokens.Likely), TokensEstimated = true };
    }

    /// <summary>From the result file; where a service keeps none (or not yet), from the job's own metric events.</summary>
    private static async Task<TrainingCurve> Curve(
        IFineTuningProvider provider, ProviderJob job, IReadOnlyList<JobCheckpoint> checkpoints, CancellationToken cancellation)
    {
        ImmutableArray<CurveCheckpoint> marks = [.. checkpoints.Select(c => new CurveCheckpoint(c.Step, c.Model, c.ValidLoss)).OrderBy(c => c.Step)];
        foreach (string file in job.ResultFiles)
        {
            try
            {
                if (TrainingCurveFile.TryRead(Encoding.UTF8.GetString(await provider.ReadFileAsync(file, cancellation)), out ImmutableArray<TrainingPoint> points))
                {
                    return new TrainingCurve(points, marks);
                }
            }
            catch (FlowException missing) when (missing.Failure.Kind == FailureKind.NotFound)
            {
                // Named before it is shown; the events tell the same.
            }
        }

        IReadOnlyList<JobEvent> events = await provider.GetEventsAsync(job.Id, cancellation);
        return new TrainingCurve(
            [
                .. events.Where(e => e.Step is not null).Select(e => TrainingCurveFile.Point(e.Step!.Value, name => e.Metrics.TryGetValue(name, out double value) ? value : null))
                    .DistinctBy(p => p.Step).OrderBy(p => p.Step),
            ],
            marks);
    }
}

/// <param name="Candidate">As planned.</param>
/// <param name="JobId">At the provider.</param>
/// <param name="PaidBy">The earlier run that has paid for it; null: this one does.</param>
public sealed record CollectResultsInput(string RunId, PlannedCandidate Candidate, string JobId, string? PaidBy = null);

/// <param name="Model">The tuned model's id.</param>
/// <param name="JobId">Where it comes from.</param>
/// <param name="TrainedTokens">As billed; null where the service does not say.</param>
/// <param name="CostUsd">Of training; the list price where simulated.</param>
/// <param name="Simulated">Nothing was paid.</param>
/// <param name="Time">From creation to end of the job.</param>
/// <param name="TokensEstimated">The service does not say; tokens and cost are the quote's estimate.</param>
/// <param name="PaidBy">The earlier run that has paid <paramref name="CostUsd"/>; null: this one did.</param>
public sealed record TrainedModel(
    string Model, string JobId, long? TrainedTokens, double CostUsd, bool Simulated, TimeSpan? Time, bool TokensEstimated = false, string? PaidBy = null);
