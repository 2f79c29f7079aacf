using System.Collections.Immutable;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Creates a candidate's job, or adopts the one that an earlier attempt has left at the provider, or in a rerun the finished
/// one of the run that is repeated.</summary>
public sealed class SubmitJob(IBlobStore store, IProviders providers, SpendOnce once, JobSearch search, EarlierRuns earlier, TrainingUploads uploads, RunGuard guard, RunRecords records, FlowTelemetry telemetry)
    : IActivity<SubmitJobInput, SubmittedJob>
{
    public async Task<SubmittedJob> RunAsync(SubmitJobInput input, CancellationToken cancellation)
    {
        await guard.ThrowIfCancelledAsync(input.RunId, cancellation);
        IFineTuningProvider provider = providers.Get(input.Candidate.Provider);
        ImmutableSortedDictionary<string, string> metadata = JobMetadata.Of(input.RunId, input.Candidate.Name);
        CandidateRecipe recipe = await RunRecipes.CandidateAsync(store, input.RunId, input.Candidate.Name, cancellation);
        try
        {
            SubmittedJob job = await once.RunAsync(
                RunPaths.JobIntent(input.RunId, input.Candidate.Name),
                SpendGrace.OfPaid(provider.Facts),
                async stop => await search.FindAsync(provider, input, recipe, stop) ?? await earlier.JobAsync(provider, input, stop),
                async stop =>
                {
                    SubmitJobInput present = input with { Files = await uploads.PresentAsync(input, stop) };
                    return new SubmittedJob((await provider.CreateJobAsync(Request(provider.Facts, present, recipe, metadata), stop)).Id, null, input.ContinueModel);
                },
                cancellation);
            await records.AddJobsAsync(input.RunId, cancellation);
            return job;
        }
        catch (FlowException error) when (error.Failure.Kind is FailureKind.DailyCapReached or FailureKind.TooManyJobs)
        {
            // Not a failure of the step but an answer: the orchestration waits for the slot by a durable timer.
            telemetry.Throttled(input.Candidate.Provider, error.Failure.Kind);
            return new SubmittedJob("", error.Failure);
        }
    }

    private static JobRequest Request(
        ProviderFacts facts, SubmitJobInput input, CandidateRecipe recipe, ImmutableSortedDictionary<string, string> metadata) => new()
    {
        Model = input.ContinueModel ?? input.Candidate.Model,
        BaseModel = input.Candidate.Model,
        TrainingFile = input.Files.Train,
        ValidationFile = input.Files.Validation,
        Suffix = facts.SuffixOf(input.Candidate.Name),
        Seed = recipe.Seed,
        Epochs = recipe.Epochs.Count == 0 ? null : recipe.Epochs[0],
        BatchSize = recipe.BatchSize.Count == 0 ? null : recipe.BatchSize[0],
        LearningRateMultiplier = recipe.LearningRateMultiplier.Count == 0 ? null : recipe.LearningRateMultiplier[0],
        Tier = recipe.Tier,
        Metadata = metadata,
    };
}
