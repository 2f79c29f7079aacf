using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Which job is asked for, and which of those that a service has is adopted.</summary>
public sealed class JobSearchTests
{
    private static readonly DateTimeOffset Intended = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly ProviderFacts Facts = new("openai", ProviderKind.OpenAI, false, false, 3, "openai") { SuffixLength = 5 };
    private static readonly PlannedCandidate Planned = new("mini-long-name", OutcomeKind.Continuation, "openai", "gpt-4.1-mini", "first", "ft:gpt-4.1-mini:a", "chat", null);
    private static readonly SubmitJobInput Input = new("run-1", Planned, "ft:gpt-4.1-mini:a", new TrainingFiles("file-train", "file-validation"));
    private static readonly CandidateRecipe Recipe = new()
    {
        Name = "mini-long-name", Model = "gpt-4.1-mini", Epochs = new(3), BatchSize = new(8), LearningRateMultiplier = new(1.5), Seed = 7, Tier = TrainingTier.GlobalStandard,
    };

    private readonly FakeTimeProvider _time = new(Intended);
    private readonly MemoryStore _store = new();
    private readonly JobService _service = new(Facts);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_whole_job_is_asked_for()
    {
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), new Recipe { Candidates = [Recipe] }, cancellation: Cancellation);

        SubmittedJob submitted = await Submit().RunAsync(Input, Cancellation);

        submitted.JobId.ShouldBe("job-1");
        JobRequest asked = _service.Requests.ShouldHaveSingleItem();
        asked.Model.ShouldBe("ft:gpt-4.1-mini:a");
        asked.BaseModel.ShouldBe("gpt-4.1-mini");
        asked.TrainingFile.ShouldBe("file-train");
        asked.ValidationFile.ShouldBe("file-validation");
        asked.Suffix.ShouldBe("mini-");
        asked.Seed.ShouldBe(7);
        asked.Epochs.ShouldBe(3);
        asked.BatchSize.ShouldBe(8);
        asked.LearningRateMultiplier.ShouldBe(1.5);
        asked.Tier.ShouldBe(TrainingTier.GlobalStandard);
        asked.Metadata.ShouldBe(new Dictionary<string, string> { ["ftf_run"] = "run-1", ["ftf_candidate"] = "mini-long-name" }, ignoreOrder: true);
    }

    [Fact]
    public async Task What_a_recipe_leaves_open_is_left_to_the_service()
    {
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), new Recipe { Candidates = [new CandidateRecipe { Name = "mini-long-name", Model = "gpt-4.1-mini" }] }, cancellation: Cancellation);

        await Submit().RunAsync(Input with { ContinueModel = null }, Cancellation);

        JobRequest asked = _service.Requests.ShouldHaveSingleItem();
        asked.Model.ShouldBe("gpt-4.1-mini");
        (asked.Seed, asked.Epochs, asked.BatchSize, asked.LearningRateMultiplier, asked.Tier).ShouldBe((null, null, null, null, null));
    }

    [Theory]
    [InlineData(FailureKind.DailyCapReached)]
    [InlineData(FailureKind.TooManyJobs)]
    public async Task A_service_that_takes_no_more_jobs_is_an_answer_and_no_failure(FailureKind kind)
    {
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), new Recipe { Candidates = [Recipe] }, cancellation: Cancellation);
        _service.Refusal = new FlowException(kind, "full");

        SubmittedJob waiting = await Submit().RunAsync(Input, Cancellation);

        (waiting.JobId, waiting.Refusal?.Kind).ShouldBe(("", kind));
        _service.Refusal = null;
        (await Submit().RunAsync(Input, Cancellation)).JobId.ShouldBe("job-1");
    }

    [Fact]
    public async Task A_cancelled_run_asks_for_no_job()
    {
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), new Recipe { Candidates = [Recipe] }, cancellation: Cancellation);
        await _store.WriteJsonAsync(RunPaths.Cancellation("run-1"), new Failure(FailureKind.Cancelled, "by a person"), cancellation: Cancellation);

        (await Should.ThrowAsync<FlowException>(Submit().RunAsync(Input, Cancellation))).Failure.Kind.ShouldBe(FailureKind.Cancelled);

        _service.Requests.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("older", "newer")]
    [InlineData("newer", "older")]
    public async Task Of_two_jobs_with_our_stamp_the_older_is_adopted(string listedFirst, string listedSecond)
    {
        ProviderJob[] both = [Job("older", Intended.AddMinutes(1)), Job("newer", Intended.AddMinutes(2))];
        _service.Stamped.AddRange(both.OrderBy(job => job.Id == listedFirst ? 0 : 1));
        _service.Stamped[1].Id.ShouldBe(listedSecond);

        (await FindAsync())!.JobId.ShouldBe("older");
        _service.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_metadata_nothing_is_adopted_before_something_was_asked_for()
    {
        _service.Facts = Facts with { KeepsMetadata = false };
        _service.Listed.Add(Job("alike", Intended.AddMinutes(1)));

        (await FindAsync()).ShouldBeNull();
        await IntendAsync("mini-long-name");
        (await FindAsync())!.JobId.ShouldBe("alike");
    }

    [Fact]
    public async Task A_deleted_file_that_a_job_needs_after_all_is_uploaded_once_and_waited_for_until_the_service_has_processed_it()
    {
        _service.Facts = Facts with { NeedsFileProcessing = true };
        await _store.WriteJsonAsync(RunPaths.Recipe("run-1"), new Recipe { Candidates = [Recipe] }, cancellation: Cancellation);
        BlobRef rows = (await _store.WriteBytesAsync(BlobPath.Of(RunPaths.Runs, "run-1/dataset/train.jsonl"), "{}"u8.ToArray(), cancellation: Cancellation)).Ref;
        await _store.WriteJsonAsync(
            RunPaths.Upload("run-1", "openai", rows.Sha256),
            new SpendRecord<UploadedFile>(Intended, SpendState.Adopted, new UploadedFile("run-1", "openai", "file-train", Gone: rows)), cancellation: Cancellation);

        _service.StateOfUploads = FileState.Pending;
        Failure early = (await Should.ThrowAsync<FlowException>(Submit().RunAsync(Input, Cancellation))).Failure;
        (early.Kind, early.IsRetryable).ShouldBe((FailureKind.Unavailable, true));
        _service.Requests.ShouldBeEmpty("Azure refuses a job on a file that it is still processing");
        _service.Files[0] = _service.Files[0] with { State = FileState.Ready };
        await Submit().RunAsync(Input, Cancellation);

        _service.Requests.ShouldHaveSingleItem().TrainingFile.ShouldBe("file-1");
        _service.Uploads.ShouldHaveSingleItem();
    }

    public static TheoryData<string, bool, Func<ProviderJob, ProviderJob>> Traits => new()
    {
        { "as it was asked for", true, job => job },
        { "another training file", false, job => job with { TrainingFile = "file-other" } },
        { "no training file told", false, job => job with { TrainingFile = null } },
        { "another suffix", false, job => job with { Suffix = "other" } },
        { "no suffix told", true, job => job with { Suffix = null } },
        { "another model", false, job => job with { Model = "gpt-4.1" } },
        { "a dated name of the model", true, job => job with { Model = "gpt-4.1-mini-2025-04-14" } },
        { "the model that is continued", true, job => job with { Model = "ft:gpt-4.1-mini:a" } },
        { "no model told", true, job => job with { Model = "" } },
        { "other epochs", false, job => job with { Epochs = 4 } },
        { "no epochs told", true, job => job with { Epochs = null } },
        { "a minute before the intent: the clocks may differ", true, job => job with { CreatedAt = Intended.AddMinutes(-1) } },
        { "two minutes before the intent", false, job => job with { CreatedAt = Intended.AddMinutes(-2) } },
        { "no time told", true, job => job with { CreatedAt = null } },
    };

    [Theory]
    [MemberData(nameof(Traits))]
    public async Task Without_metadata_a_job_is_told_by_its_traits(string what, bool adopted, Func<ProviderJob, ProviderJob> change)
    {
        _service.Facts = Facts with { KeepsMetadata = false };
        await IntendAsync("mini-long-name");
        _service.Listed.Add(change(Job("job", Intended.AddMinutes(1))));

        ((await FindAsync()) is not null).ShouldBe(adopted, what);
    }

    [Fact]
    public async Task Without_metadata_the_oldest_of_our_own_name_is_adopted_and_of_nameless_ones_none()
    {
        _service.Facts = Facts with { KeepsMetadata = false };
        await IntendAsync("mini-long-name");
        _service.Listed.AddRange([Job("newer", Intended.AddMinutes(2)), Job("older", Intended.AddMinutes(1))]);
        (await FindAsync())!.JobId.ShouldBe("older");

        _service.Listed[0] = _service.Listed[0] with { Suffix = null };
        Failure doubt = (await Should.ThrowAsync<FlowException>(FindAsync())).Failure;
        doubt.Kind.ShouldBe(FailureKind.Conflict);
        doubt.Message.ShouldContain("newer, older");
        doubt.Field.ShouldBe("candidates.mini-long-name");
    }

    [Fact]
    public async Task Without_metadata_the_job_of_another_candidate_is_not_ours_and_a_rival_leaves_it_in_doubt()
    {
        _service.Facts = Facts with { KeepsMetadata = false };
        await IntendAsync("mini-long-name");
        PlannedCandidate other = Planned with { Name = "other" };
        await _store.WriteJsonAsync(RunPaths.Plan("run-1"), new RunPlan([Planned, other], [], [], 100, 24), cancellation: Cancellation);
        _service.Listed.Add(Job("job", Intended.AddMinutes(1)) with { Suffix = null });

        // The other has not asked for anything: the job is ours.
        (await FindAsync())!.JobId.ShouldBe("job");
        // It has, and does not know its job yet: nobody can say whose it is.
        await IntendAsync("other");
        (await Should.ThrowAsync<FlowException>(FindAsync())).Failure.Kind.ShouldBe(FailureKind.Conflict);
        // It is known to be the other's.
        await _store.WriteJsonAsync(RunPaths.JobIntent("run-1", "other"), new SpendRecord<SubmittedJob>(Intended, SpendState.Made, new SubmittedJob("job", null)), cancellation: Cancellation);
        (await FindAsync()).ShouldBeNull();
    }

    public static TheoryData<string, bool, SpendState, Func<PlannedCandidate, PlannedCandidate>> Rivals => new()
    {
        { "alike", true, SpendState.Intended, one => one },
        { "alike, in doubt", true, SpendState.InDoubt, one => one },
        { "alike, refused", false, SpendState.Refused, one => one },
        { "of another provider", false, SpendState.Intended, one => one with { Provider = "azure" } },
        { "not to train", false, SpendState.Intended, one => one with { Kind = OutcomeKind.Prompt } },
        { "of another model", false, SpendState.Intended, one => one with { Model = "gpt-4.1" } },
        { "of another form", false, SpendState.Intended, one => one with { Form = "completion" } },
    };

    [Theory]
    [MemberData(nameof(Rivals))]
    public async Task Without_metadata_only_a_candidate_that_is_alike_is_a_rival(string what, bool rival, SpendState state, Func<PlannedCandidate, PlannedCandidate> change)
    {
        _service.Facts = Facts with { KeepsMetadata = false };
        await IntendAsync("mini-long-name");
        PlannedCandidate other = change(Planned with { Name = "other" });
        await _store.WriteJsonAsync(RunPaths.Plan("run-1"), new RunPlan([Planned, other], [], [], 100, 24), cancellation: Cancellation);
        await _store.WriteJsonAsync(
            RunPaths.JobIntent("run-1", "other"), new SpendRecord<SubmittedJob>(Intended, state, state == SpendState.Refused ? new SubmittedJob("", null) : null, Intended), cancellation: Cancellation);
        _service.Listed.Add(Job("job", Intended.AddMinutes(1)) with { Suffix = null });

        if (rival)
        {
            Failure doubt = (await Should.ThrowAsync<FlowException>(FindAsync())).Failure;
            doubt.Kind.ShouldBe(FailureKind.Conflict, what);
            doubt.Remedy!.ShouldContain("this job");
            // One of our own name is ours, whoever else may have one.
            _service.Listed[0] = _service.Listed[0] with { Suffix = "mini-" };
            (await FindAsync())!.JobId.ShouldBe("job");
            // Of two of our own name, which the rival's may be as well, nobody can say.
            _service.Listed.Add(Job("second", Intended.AddMinutes(2)));
            (await Should.ThrowAsync<FlowException>(FindAsync())).Failure.Remedy!.ShouldContain("these jobs");
        }
        else
        {
            (await FindAsync())!.JobId.ShouldBe("job", what);
        }
    }

    [Fact]
    public async Task Without_metadata_a_file_of_the_same_name_is_the_same_file()
    {
        _service.Facts = Facts with { KeepsMetadata = false };
        await IntendAsync("mini-long-name");
        _service.Listed.Add(Job("job", Intended.AddMinutes(1)) with { TrainingFile = "file-again" });
        _service.Files.AddRange([new ProviderFile("file-again", "name", 1, FileState.Ready, null), new ProviderFile("file-other", "other", 1, FileState.Ready, null)]);
        (await FindAsync()).ShouldBeNull("the name of ours is not known");

        _service.Files.Add(new ProviderFile("file-train", "name", 1, FileState.Ready, null));

        (await FindAsync()).ShouldBe(new SubmittedJob("job", null, "ft:gpt-4.1-mini:a"));
        _service.Listed[0] = _service.Listed[0] with { TrainingFile = "file-other" };
        (await FindAsync()).ShouldBeNull();
        // Where the recipe leaves the passes open any will do.
        _service.Listed[0] = _service.Listed[0] with { TrainingFile = "file-train", Epochs = 9 };
        (await new JobSearch(_store).FindAsync(_service, Input, Recipe with { Epochs = default }, Cancellation))!.JobId.ShouldBe("job");
    }

    [Fact]
    public async Task All_jobs_of_a_run_are_told_by_their_stamp_or_by_the_names_of_their_files()
    {
        _service.Stamped.Add(Job("stamped", Intended));
        _service.Listed.AddRange(
            [Job("ours", Intended) with { TrainingFile = "file-ours" }, Job("theirs", Intended) with { TrainingFile = "file-theirs" }, Job("nameless", Intended) with { TrainingFile = null }]);
        _service.Files.AddRange(
        [
            new ProviderFile("file-ours", "0123456789abcdef01234567-run-1.jsonl", 1, FileState.Ready, null), new ProviderFile("file-theirs", "0123456789abcdef01234567-run-2.jsonl", 1, FileState.Ready, null),
        ]);

        (await JobSearch.OfRunAsync(_service, "run-1", Cancellation)).Select(job => job.Id).ShouldBe(["stamped"]);
        _service.Facts = Facts with { KeepsMetadata = false };
        (await JobSearch.OfRunAsync(_service, "run-1", Cancellation)).Select(job => job.Id).ShouldBe(["ours"]);
    }

    private static ProviderJob Job(string id, DateTimeOffset created) => new()
    {
        Id = id, Model = "gpt-4.1-mini", State = JobState.Running, RawState = "running", CreatedAt = created, TrainingFile = "file-train", Suffix = "mini-", Epochs = 3,
    };

    private SubmitJob Submit() => new(
        _store, _service, new SpendOnce(_store, _time), new JobSearch(_store), new EarlierRuns(_store),
        new TrainingUploads(_store, _service, new SpendOnce(_store, _time), new EarlierRuns(_store)), new RunGuard(_store), new RunRecords(_store), new FlowTelemetry());

    private Task<SubmittedJob?> FindAsync() => new JobSearch(_store).FindAsync(_service, Input, Recipe, Cancellation);

    private Task<BlobWritten> IntendAsync(string candidate) => _store.WriteJsonAsync(
        RunPaths.JobIntent("run-1", candidate), new SpendRecord<SubmittedJob>(Intended, SpendState.Intended, null, Intended), cancellation: Cancellation);
}
