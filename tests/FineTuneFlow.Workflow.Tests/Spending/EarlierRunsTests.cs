using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>What a rerun takes over of the runs that it repeats: r-3 repeats r-2 and r-1, and what there is was made by r-1.</summary>
public sealed class EarlierRunsTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Made = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly BlobRef Content = new("runs/r-3/dataset/train.jsonl", "0123456789abcdef0123456789abcdef", 3);
    private static readonly PlannedCandidate Planned = new("mini", OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null);
    private static readonly UploadFileInput Upload = new("r-3", "openai", new DatasetFile("chat", Split.Train, Content));
    private static readonly SubmitJobInput Submit = new("r-3", Planned, null, new TrainingFiles("file-9", "file-8"));

    private readonly MemoryStore _store = new();
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private EarlierRuns Earlier => new(_store);

    public async ValueTask InitializeAsync()
    {
        await RecordAsync("r-3", "r-2", "r-1");
        await RecordAsync("r-2", "r-1");
        await RecordAsync("r-1");
        foreach (string run in (string[])["r-1", "r-2", "r-3"])
        {
            await RecipeAsync(run, 3);
        }

        await _store.WriteJsonAsync(RunPaths.Plan("r-3"), new RunPlan([Planned], [], [], 100, 24), cancellation: Cancellation);
        // The old run's file, its job, and this run's own record of the same file.
        await UploadedAsync("r-1", "file-1");
        await UploadedAsync("r-3", "file-9");
        await SubmittedAsync("r-1", new SubmittedJob("job-1", null));
        _service.Files.Add(new ProviderFile("file-1", "name", 3, FileState.Ready, null));
        _service.Listed.Add(new ProviderJob
        {
            Id = "job-1", Model = "gpt-4.1-mini", State = JobState.Succeeded, RawState = "succeeded", TunedModel = "ft:mini", TrainingFile = "file-1",
        });
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_runs_of_the_line_that_are_still_there_are_looked_at_the_last_one_first()
    {
        (await Earlier.OfAsync("r-3", Cancellation)).ShouldBe(["r-2", "r-1"]);
        await _store.DeleteAsync(RunPaths.Record("r-2"), Cancellation);
        (await Earlier.OfAsync("r-3", Cancellation)).ShouldBe(["r-1"]);
        (await Earlier.OfAsync("r-1", Cancellation)).ShouldBeEmpty();
        (await Earlier.OfAsync("r-0", Cancellation)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(FileState.Ready, true)]
    [InlineData(FileState.Pending, true)]
    [InlineData(FileState.Failed, false)]
    [InlineData(FileState.Deleted, false)]
    [InlineData(null, false)]
    public async Task A_file_that_lies_there_is_taken_and_one_that_is_gone_will_do_where_its_job_has_left_a_model(FileState? state, bool stands)
    {
        _service.Files.Clear();
        if (state is { } known)
        {
            _service.Files.Add(new ProviderFile("file-1", "name", 3, known, null));
        }

        (await FileAsync()).ShouldBe(new UploadedFile("r-3", "openai", "file-1", stands ? null : Content));
        // Where its job has left none it is of use only as long as it lies there.
        _service.Listed.Clear();
        (await FileAsync()).ShouldBe(stands ? new UploadedFile("r-3", "openai", "file-1") : null);
    }

    [Fact]
    public async Task The_file_of_the_last_run_is_taken_and_of_two_that_are_gone_too()
    {
        await UploadedAsync("r-2", "file-2");
        (await FileAsync())!.FileId.ShouldBe("file-1", "file-2 is gone");
        _service.Files.Clear();
        (await FileAsync())!.FileId.ShouldBe("file-2");
        _service.Files.Add(new ProviderFile("file-2", "name", 3, FileState.Ready, null));
        (await FileAsync())!.FileId.ShouldBe("file-2");
    }

    [Fact]
    public async Task Where_jobs_are_told_by_their_files_no_file_is_taken()
    {
        _service.Facts = _service.Facts with { KeepsMetadata = false };
        (await FileAsync()).ShouldBeNull();
    }

    [Theory]
    [InlineData(OutcomeKind.FineTune, "openai", false)]
    [InlineData(OutcomeKind.FineTune, "azure", true)]
    [InlineData(OutcomeKind.Prompt, "openai", true)]
    public async Task A_file_that_is_gone_will_not_do_where_another_candidate_has_to_be_trained_on_it(OutcomeKind kind, string provider, bool taken)
    {
        _service.Files.Clear();
        await _store.WriteJsonAsync(
            RunPaths.Plan("r-3"), new RunPlan([Planned, Planned with { Name = "other", Kind = kind, Provider = provider }], [], [], 100, 24), cancellation: Cancellation);

        ((await FileAsync()) is not null).ShouldBe(taken);
    }

    [Fact]
    public async Task A_job_that_has_left_a_model_is_taken_over_and_says_who_paid_for_it()
    {
        (await Earlier.JobAsync(_service, Submit, Cancellation)).ShouldBe(new SubmittedJob("job-1", null, null, "r-1"));
        (await Earlier.HasTrainedAsync(_service, "r-3", "mini", Cancellation)).ShouldBeTrue();
        // Taken over once already: the first payer is told.
        await SubmittedAsync("r-2", new SubmittedJob("job-1", null, null, "r-1"));
        await UploadedAsync("r-2", "file-1");
        (await Earlier.JobAsync(_service, Submit, Cancellation))!.PaidBy.ShouldBe("r-1");
    }

    public static TheoryData<string, bool, Func<EarlierRunsTests, Task>> Jobs => new()
    {
        { "it does not tell its file", true, test => test.JobAsync(job => job with { TrainingFile = null }) },
        { "it was trained on another file", false, test => test.JobAsync(job => job with { TrainingFile = "file-7" }) },
        { "it was trained on what was uploaded again", true, async test =>
            {
                await test.JobAsync(job => job with { TrainingFile = "file-7" });
                await test._store.WriteJsonAsync(
                    RunPaths.UploadAgain("r-1", "openai", Content.Sha256), new SpendRecord<UploadedFile>(Made, SpendState.Made, new UploadedFile("r-1", "openai", "file-7")), cancellation: Cancellation);
            } },
        { "it has not ended", false, test => test.JobAsync(job => job with { State = JobState.Running }) },
        { "it has failed", false, test => test.JobAsync(job => job with { State = JobState.Failed }) },
        { "it has left no model", false, test => test.JobAsync(job => job with { TunedModel = null }) },
        { "it is not known at the service any more", false, test => { test._service.Listed.Clear(); return Task.CompletedTask; } },
        { "its recipe was another", false, test => test.RecipeAsync("r-1", 4) },
        { "it goes on from another model", false, test => test.SubmittedAsync("r-1", new SubmittedJob("job-1", null, "ft:before")) },
        { "no job was made, only refused", false, test => test.SubmittedAsync("r-1", new SubmittedJob("", new Failure(FailureKind.DailyCapReached, "full"))) },
        { "this run has asked for one of its own", false, test => test.SubmittedAsync("r-3", null) },
        { "this run's file is not known", false, test => test.UploadedAsync("r-3", "file-5") },
        { "it repeats no run", false, test => test.RecordAsync("r-3") },
        { "the run that paid has been removed", false, test => test._store.DeleteAsync(RunPaths.Record("r-1"), Cancellation) },
    };

    [Theory]
    [MemberData(nameof(Jobs))]
    public async Task A_job_is_taken_over_where_all_is_the_same(string what, bool taken, Func<EarlierRunsTests, Task> change)
    {
        await change(this);

        ((await Earlier.JobAsync(_service, Submit, Cancellation)) is not null).ShouldBe(taken, what);
    }

    [Fact]
    public async Task A_continuation_is_taken_over_where_it_goes_on_from_the_same_model()
    {
        await SubmittedAsync("r-1", new SubmittedJob("job-1", null, "ft:before"));

        (await Earlier.JobAsync(_service, Submit with { ContinueModel = "ft:before" }, Cancellation))!.JobId.ShouldBe("job-1");
    }

    [Fact]
    public async Task What_neither_recipe_asks_for_is_the_same_in_both()
    {
        (await Earlier.SameRecipeAsync("r-1", "r-3", "champion", Cancellation)).ShouldBeTrue();
        (await Earlier.SameRecipeAsync("r-1", "r-3", "mini", Cancellation)).ShouldBeTrue();
        await RecipeAsync("r-1", 4);
        (await Earlier.SameRecipeAsync("r-1", "r-3", "mini", Cancellation)).ShouldBeFalse();
    }

    [Fact]
    public async Task A_job_without_an_id_was_not_made()
    {
        (await Earlier.MadeAsync("r-1", "mini", Cancellation))!.JobId.ShouldBe("job-1");
        await SubmittedAsync("r-1", new SubmittedJob("7", null));
        (await Earlier.MadeAsync("r-1", "mini", Cancellation))!.JobId.ShouldBe("7");
        await SubmittedAsync("r-1", new SubmittedJob("", null));
        (await Earlier.MadeAsync("r-1", "mini", Cancellation)).ShouldBeNull();
        (await Earlier.MadeAsync("r-0", "mini", Cancellation)).ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_was_gone_for_the_last_run_and_lies_there_again_is_there()
    {
        await _store.WriteJsonAsync(
            RunPaths.Upload("r-2", "openai", Content.Sha256), new SpendRecord<UploadedFile>(Made, SpendState.Adopted, new UploadedFile("r-2", "openai", "file-1", Content)), cancellation: Cancellation);

        (await FileAsync()).ShouldBe(new UploadedFile("r-3", "openai", "file-1"));
    }

    [Fact]
    public async Task An_upload_is_known_by_the_id_of_its_file()
    {
        (await Earlier.UploadAsync("r-1", "file-1", Cancellation)).ShouldBe(("openai-0123456789abcdef.json", new UploadedFile("r-1", "openai", "file-1")));
        (await Earlier.UploadAsync("r-1", "file-9", Cancellation)).ShouldBeNull();
    }

    private Task<UploadedFile?> FileAsync() => Earlier.FileAsync(_service, Upload, Cancellation);

    private Task<BlobWritten> RecordAsync(string run, params string[] repeats) => _store.WriteJsonAsync(RunPaths.Record(run), new RunRecord
    {
        RunId = run, Project = "r", Drop = new BlobRef("drops/r/a.csv", "00", 1), Recipe = new BlobRef("runs/r/recipe.json", "00", 1),
        Trigger = "http", Outcome = RunOutcome.Succeeded, StartedAt = Made, Repeats = [.. repeats],
    }, cancellation: Cancellation);

    private Task<BlobWritten> RecipeAsync(string run, int epochs) => _store.WriteJsonAsync(
        RunPaths.Recipe(run), new Recipe { Candidates = [new CandidateRecipe { Name = "mini", Model = "gpt-4.1-mini", Epochs = new(epochs) }] }, cancellation: Cancellation);

    private Task<BlobWritten> UploadedAsync(string run, string file) => _store.WriteJsonAsync(
        RunPaths.Upload(run, "openai", Content.Sha256), new SpendRecord<UploadedFile>(Made, SpendState.Made, new UploadedFile(run, "openai", file)), cancellation: Cancellation);

    private Task<BlobWritten> SubmittedAsync(string run, SubmittedJob? job) => _store.WriteJsonAsync(
        RunPaths.JobIntent(run, "mini"), new SpendRecord<SubmittedJob>(Made, job is null ? SpendState.Intended : SpendState.Made, job), cancellation: Cancellation);

    private Task JobAsync(Func<ProviderJob, ProviderJob> change)
    {
        _service.Listed[0] = change(_service.Listed[0]);
        return Task.CompletedTask;
    }
}
