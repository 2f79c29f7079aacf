using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Costs;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using FineTuneFlow.Workflow.Tests.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Activities;

/// <summary>What a service says of jobs and files while it has not come to an end with them itself.</summary>
public sealed class PassingStateTests
{
    private static readonly ProviderFacts Azure = new("azure", ProviderKind.AzureOpenAI, NeedsDeployment: true, NeedsFileProcessing: true, 1, "azureOpenAI");
    private static readonly ProviderJob Succeeded = new() { Id = "job-1", Model = "m", State = JobState.Succeeded, RawState = "succeeded" };
    private static readonly PollJobInput Poll = new("run-1", "a", "azure", "job-1");
    private static readonly UploadedFile File = new("run-1", "azure", "file-1");

    private readonly JobService _service = new(Azure);
    private readonly MemoryStore _store = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.UnixEpoch);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_that_is_not_shown_has_not_ended_and_tells_what_it_means_should_it_stay_so()
    {
        JobProgress progress = await PollAsync();

        progress.Ended.ShouldBeFalse();
        progress.State.ShouldBe("not shown by azure yet");
        progress.Missing!.Kind.ShouldBe(FailureKind.JobFailed);
        progress.Missing.Message.ShouldBe("azure does not know the job job-1");
    }

    [Fact]
    public async Task A_cancelled_run_waits_for_no_job_to_be_shown()
    {
        await _store.WriteJsonAsync(RunPaths.Cancellation("run-1"), new Failure(FailureKind.Cancelled, "by somebody"), cancellation: Cancellation);

        JobProgress progress = await PollAsync();

        (progress.Ended, progress.Failure!.Kind).ShouldBe((true, FailureKind.Cancelled));
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(14, false)]
    [InlineData(15, true)]
    public async Task The_name_of_a_model_is_waited_for_a_quarter_of_an_hour(int minutes, bool ended)
    {
        _service.Listed.Add(Succeeded with { FinishedAt = DateTimeOffset.UnixEpoch });
        _clock.Advance(TimeSpan.FromMinutes(minutes));

        JobProgress progress = await PollAsync();

        progress.Ended.ShouldBe(ended);
        progress.Failure?.Message.ShouldBe("The job job-1 succeeded without naming a model");
        progress.State.ShouldBe(ended ? "succeeded" : "succeeded, its model is not named yet");
    }

    [Theory]
    [InlineData(FileState.Pending, false)]
    [InlineData(FileState.Ready, true)]
    public async Task A_file_that_is_still_being_processed_is_not_ready(FileState state, bool ready)
    {
        _service.Files.Add(new ProviderFile("file-1", "f", 1, state, null));

        FileReadiness readiness = await new CheckFile(new TrainingUploads(_store, _service, new SpendOnce(_store, _clock), new EarlierRuns(_store)), new RunGuard(_store)).RunAsync(File, Cancellation);

        (readiness.Ready, readiness.Missing).ShouldBe((ready, null));
    }

    [Fact]
    public async Task A_file_that_is_not_shown_is_not_ready_and_tells_what_it_means_should_it_stay_so()
    {
        FileReadiness readiness = await new CheckFile(new TrainingUploads(_store, _service, new SpendOnce(_store, _clock), new EarlierRuns(_store)), new RunGuard(_store)).RunAsync(File, Cancellation);

        readiness.Ready.ShouldBeFalse();
        readiness.Missing!.Message.ShouldBe("azure does not have the uploaded file file-1");
    }

    /// <summary>OpenAI's list price for training gpt-4.1-mini is 5 USD for a million tokens.</summary>
    [Theory]
    [InlineData(null, 1_200_000, 6.0, true)]
    [InlineData(800_000L, 800_000, 4.0, false)]
    public async Task Tokens_that_the_service_does_not_tell_are_the_quotes_and_marked_and_not_free(long? told, long tokens, double usd, bool estimated)
    {
        _service.Facts = Azure with { Name = "openai", Kind = ProviderKind.OpenAI, PriceKey = "openai" };
        _service.Listed.Add(Succeeded with { Model = "gpt-4.1-mini", TunedModel = "ft:gpt-4.1-mini:x", TrainedTokens = told });
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), new Recipe { Candidates = [new CandidateRecipe { Name = "a", Model = "gpt-4.1-mini" }] }, cancellation: Cancellation);
        await _store.WriteJsonAsync(RunPaths.Quote("run-1"), Quoted(1_200_000), cancellation: Cancellation);
        using var telemetry = new FlowTelemetry();
        var candidate = new PlannedCandidate("a", OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null);

        TrainedModel trained = await new CollectResults(_store, _service, new RunPrices(PriceBook.Default), telemetry)
            .RunAsync(new CollectResultsInput("run-1", candidate, "job-1"), Cancellation);

        (trained.TrainedTokens, trained.TokensEstimated).ShouldBe((tokens, estimated));
        trained.CostUsd.ShouldBe(usd, 1e-9);
    }

    private static Quote Quoted(double tokens) => Quote.Make(new QuoteInput
    {
        Train = new SplitSize(0, Estimate.Zero), Holdout = new SplitSize(0, Estimate.Zero), LabelTokens = 1, Candidates = [], Budget = new BudgetRecipe(),
    }) with
    {
        Candidates = [new CandidateQuote { Name = "a", Model = "gpt-4.1-mini", TrainingTokens = new Estimate(tokens / 2, tokens, tokens * 2) }],
    };

    private Task<JobProgress> PollAsync() => new PollJob(_store, _service, new RunGuard(_store), _clock).RunAsync(Poll, Cancellation);
}
