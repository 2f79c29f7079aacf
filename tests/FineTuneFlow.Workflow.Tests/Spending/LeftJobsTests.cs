using System.Collections.Immutable;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>What a run's end makes of jobs that nobody waits for any more.</summary>
public sealed class LeftJobsTests
{
    private const string RunId = "run-1";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new();
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_whose_creation_lost_its_answer_is_cancelled_and_recorded_with_what_it_has_trained()
    {
        await PlanAsync("a", "b");
        ProviderJob running = Job("job-1", JobState.Running) with { Metadata = JobMetadata.Of(RunId, "b") };
        _service.Stamped.Add(running);
        _service.Cancel = _ => running with { State = JobState.Cancelled, TrainedTokens = 7_000 };

        (bool ended, ImmutableArray<string> notes) = await EndAsync();

        ended.ShouldBeTrue();
        notes.ShouldHaveSingleItem().ShouldContain("job-1");
        (await _store.ReadJsonAsync<ProviderJob>(RunPaths.Job(RunId, "b"), Cancellation)).TrainedTokens.ShouldBe(7_000);
        (await MadeAsync("b")).ShouldBe("job-1");
        (await _store.ExistsAsync(RunPaths.Job(RunId, "a"), Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task One_that_has_trained_to_its_end_meanwhile_is_recorded_and_not_cancelled()
    {
        await PlanAsync("a");
        _service.Stamped.Add(Job("job-1", JobState.Succeeded) with { TrainedTokens = 40_000, Metadata = JobMetadata.Of(RunId, "a") });

        (bool ended, ImmutableArray<string> notes) = await EndAsync();

        ended.ShouldBeTrue();
        notes.ShouldBeEmpty();
        (await _store.ReadJsonAsync<ProviderJob>(RunPaths.Job(RunId, "a"), Cancellation)).TrainedTokens.ShouldBe(40_000);
    }

    [Fact]
    public async Task One_that_is_still_being_cancelled_has_not_ended_and_is_noted_once()
    {
        await PlanAsync("a");
        ProviderJob running = Job("job-1", JobState.Running) with { Metadata = JobMetadata.Of(RunId, "a") };
        _service.Stamped.Add(running);
        _service.Cancel = _ => running with { State = JobState.Unknown, RawState = "cancelling" };
        ImmutableArray<string>.Builder notes = ImmutableArray.CreateBuilder<string>();

        (await new LeftJobs(_store, _time).EndAsync(RunId, _service, notes, Cancellation)).ShouldBeFalse();
        (await new LeftJobs(_store, _time).EndAsync(RunId, _service, notes, Cancellation)).ShouldBeFalse();

        notes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_was_recorded_at_a_jobs_end_stays()
    {
        await PlanAsync("a");
        ProviderJob ended = Job("job-1", JobState.Succeeded) with { Metadata = JobMetadata.Of(RunId, "a") };
        await _store.WriteJsonAsync(RunPaths.JobIntent(RunId, "a"), new SpendRecord<SubmittedJob>(_time.GetUtcNow(), SpendState.Made, new SubmittedJob("job-1", null)), cancellation: Cancellation);
        await _store.WriteJsonAsync(RunPaths.Job(RunId, "a"), ended with { TrainedTokens = 40_000, TokensEstimated = true }, cancellation: Cancellation);
        _service.Stamped.Add(ended);

        await EndAsync();

        (await _store.ReadJsonAsync<ProviderJob>(RunPaths.Job(RunId, "a"), Cancellation)).TokensEstimated.ShouldBeTrue();
    }

    [Theory]
    [InlineData("b", "b")]
    [InlineData(null, null)]
    public async Task Without_stamps_a_job_is_told_by_its_name_and_never_guessed(string? suffix, string? recorded)
    {
        _service.Facts = _service.Facts with { KeepsMetadata = false };
        await PlanAsync("a", "b");
        _service.Files.Add(new ProviderFile("file-1", TrainingFileName.Of(new string('0', 64), RunId), 10, FileState.Ready, null));
        _service.Listed.Add(Job("job-1", JobState.Failed) with { TrainingFile = "file-1", Suffix = suffix });

        await EndAsync();

        foreach (string candidate in (string[])["a", "b"])
        {
            (await MadeAsync(candidate)).ShouldBe(candidate == recorded ? "job-1" : null);
        }
    }

    private async Task<(bool Ended, ImmutableArray<string> Notes)> EndAsync()
    {
        ImmutableArray<string>.Builder notes = ImmutableArray.CreateBuilder<string>();
        bool ended = await new LeftJobs(_store, _time).EndAsync(RunId, _service, notes, Cancellation);
        return (ended, notes.ToImmutable());
    }

    private async Task<string?> MadeAsync(string candidate) =>
        (await _store.FindJsonAsync<SpendRecord<SubmittedJob>>(RunPaths.JobIntent(RunId, candidate), Cancellation))?.Value.Result?.JobId;

    private Task<BlobWritten> PlanAsync(params string[] candidates) => _store.WriteJsonAsync(
        RunPaths.Plan(RunId),
        new RunPlan([.. candidates.Select(name => new PlannedCandidate(name, OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null))], [], [], 100, 24),
        cancellation: Cancellation);

    private static ProviderJob Job(string id, JobState state) => new() { Id = id, Model = "gpt-4.1-mini", State = state, RawState = $"{state}" };
}
