using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

public sealed class JobTests
{
    private static readonly JobRequest Request = new()
    {
        Model = "gpt-4.1-mini",
        TrainingFile = "file-1",
        Suffix = "r1-gpt",
        Seed = 42,
        Epochs = 3,
        Metadata = ImmutableSortedDictionary<string, string>.Empty.Add("ftf_run", "r1").Add("ftf_candidate", "gpt"),
    };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_job_is_created_with_method_metadata_and_auto_for_what_the_service_chooses()
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/fine_tuning/jobs", """{"id":"ftjob-1","status":"validating_files","model":"gpt-4.1-mini"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        ProviderJob job = await provider.CreateJobAsync(Request, Cancelled);

        job.Id.ShouldBe("ftjob-1");
        job.State.ShouldBe(JobState.ValidatingFiles);
        WireRequest sent = server.Requests.ShouldHaveSingleItem();
        sent.Headers["Authorization"].ShouldBe($"Bearer {TestProvider.Key}");
        JsonElement body = JsonDocument.Parse(sent.Body).RootElement;
        body.GetProperty("training_file").GetString().ShouldBe("file-1");
        body.GetProperty("metadata").GetProperty("ftf_candidate").GetString().ShouldBe("gpt");
        JsonElement hyper = body.GetProperty("method").GetProperty("supervised").GetProperty("hyperparameters");
        hyper.GetProperty("n_epochs").GetInt32().ShouldBe(3);
        hyper.GetProperty("batch_size").GetString().ShouldBe("auto");
        body.TryGetProperty("trainingType", out _).ShouldBeFalse();
        body.TryGetProperty("hyperparameters", out _).ShouldBeFalse();
        body.TryGetProperty("validation_file", out _).ShouldBeFalse();
    }

    [Theory]
    [InlineData(null, null, "standard")]
    [InlineData(null, TrainingTier.GlobalStandard, "globalstandard")]
    [InlineData(TrainingTier.Developer, TrainingTier.GlobalStandard, "developerTier")]
    public async Task Azure_is_always_told_the_training_tier(TrainingTier? asked, TrainingTier? configured, string sent)
    {
        await using WireServer server = await WireServer.StartAsync(("POST /v1/fine_tuning/jobs", """{"id":"ftjob-1","status":"pending"}"""));
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI, options => options with { Tier = configured });

        (await provider.CreateJobAsync(Request with { Tier = asked }, Cancelled)).State.ShouldBe(JobState.Pending);

        JsonDocument.Parse(server.Requests.Single().Body).RootElement.GetProperty("trainingType").GetString().ShouldBe(sent);
    }

    [Theory]
    [InlineData("""{"id":"j","status":"succeeded","error":{},"trained_tokens":1200,"result_files":["file-r"],"fine_tuned_model":"ft:m","seed":7,"created_at":1700000000,"finished_at":1700000600}""",
        JobState.Succeeded, null, 1)]
    [InlineData("""{"id":"j","status":"pending","error":null,"trained_tokens":null,"result_files":null,"seed":null,"created_at":"2026-11-22T10:00:00Z","finished_at":null}""",
        JobState.Pending, null, 0)]
    [InlineData("""{"id":"j","status":"failed","error":{"code":"invalid_training_file","message":"m","param":null},"result_files":[]}""",
        JobState.Failed, "invalid_training_file", 0)]
    [InlineData("""{"id":"j","status":"paused","hyperparameters":{"n_epochs":"auto","batch_size":null},"result_files":[{"id":"file-r"},null,3]}""", JobState.Paused, null, 1)]
    [InlineData("""{"id":"j","status":"cooking","created_at":0,"metadata":null,"extra":{"a":[1]}}""", JobState.Unknown, null, 0)]
    [InlineData("""{"id":"j","status":"canceled"}""", JobState.Cancelled, null, 0)]
    [InlineData("""{"id":"j"}""", JobState.Unknown, null, 0)]
    [InlineData("""{"id":"j","status":"Completed","fine_tuned_model":"ft:m"}""", JobState.Succeeded, null, 0)]
    [InlineData("""{"id":"j","status":"aborted","finished_at":1700000600,"fine_tuned_model":null,"error":{"code":"aborted"}}""", JobState.Failed, "aborted", 0)]
    [InlineData("""{"id":"j","status":"running","fine_tuned_model":"ft:m","finished_at":null}""", JobState.Running, null, 0)]
    public async Task Every_shape_of_a_job_is_read(string json, JobState state, string? errorCode, int resultFiles)
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs/j", json));
        using OpenAIProvider provider = TestProvider.For(server);

        ProviderJob job = (await provider.GetJobAsync("j", Cancelled)).ShouldNotBeNull();

        job.State.ShouldBe(state);
        job.ErrorCode.ShouldBe(errorCode);
        job.ResultFiles.Length.ShouldBe(resultFiles);
        job.HasEnded.ShouldBe(state is JobState.Succeeded or JobState.Failed or JobState.Cancelled);
        job.Epochs.ShouldBeNull();
    }

    [Fact]
    public async Task Times_come_as_unix_seconds_or_as_iso_text()
    {
        DateTimeOffset time = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs/j",
            $$$"""{"id":"j","status":"running","created_at":{{{time.ToUnixTimeSeconds()}}},"finished_at":"2026-11-22T11:00:00+01:00","method":{"type":"supervised","supervised":{"hyperparameters":{"n_epochs":4,"batch_size":"16","learning_rate_multiplier":0.5} } } }"""));
        using OpenAIProvider provider = TestProvider.For(server);

        ProviderJob job = (await provider.GetJobAsync("j", Cancelled)).ShouldNotBeNull();

        job.CreatedAt.ShouldBe(time);
        job.FinishedAt.ShouldBe(time);
        (job.Epochs, job.BatchSize, job.LearningRateMultiplier).ShouldBe((4, 16, 0.5));
    }

    [Fact]
    public async Task OpenAI_filters_jobs_by_metadata_and_what_it_lets_through_is_filtered_here()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs",
            """{"data":[{"id":"other","status":"running","metadata":{"ftf_run":"r2"}},{"id":"none","status":"running"},{"id":"mine","status":"running","metadata":{"ftf_run":"r1","x":"y"}}],"has_more":false}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        List<ProviderJob> found = await provider.FindJobsAsync(new Dictionary<string, string> { ["ftf_run"] = "r1" }, Cancelled).ToListAsync(Cancelled);

        found.ShouldHaveSingleItem().Id.ShouldBe("mine");
        server.Requests.Single().Query.ShouldBe("?metadata[ftf_run]=r1&limit=100");
    }

    [Fact]
    public async Task Azure_lists_all_jobs_page_by_page_and_they_are_filtered_here()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, 200,
            request.Query.Contains("after=b", StringComparison.Ordinal)
                ? """{"data":[{"id":"c","status":"running","metadata":{"ftf_run":"r1"}}],"has_more":false}"""
                : """{"data":[{"id":"a","status":"running","metadata":{"ftf_run":"r1"}},{"id":"b","status":"running"}],"has_more":true}"""));
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI);

        List<ProviderJob> found = await provider.FindJobsAsync(new Dictionary<string, string> { ["ftf_run"] = "r1" }, Cancelled).ToListAsync(Cancelled);

        found.Select(job => job.Id).ShouldBe(["a", "c"]);
        server.Requests.ShouldAllBe(request => !request.Query.Contains("metadata", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_service_that_repeats_one_page_for_ever_does_not_hang_the_listing()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs", """{"data":[{"id":"a","status":"running"}],"has_more":true}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.FindJobsAsync(ImmutableSortedDictionary<string, string>.Empty, Cancelled).CountAsync(Cancelled)).ShouldBe(2);
    }

    [Fact]
    public async Task Cancelling_a_job_that_has_ended_is_no_error()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method == "POST"
            ? WireServer.WriteAsync(context, 400, """{"error":{"message":"Job has already completed: j","type":"invalid_request_error","code":null}}""")
            : WireServer.WriteAsync(context, 200, """{"id":"j","status":"succeeded"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.CancelJobAsync("j", Cancelled)).State.ShouldBe(JobState.Succeeded);
    }

    [Fact]
    public async Task Events_come_once_and_oldest_first_with_their_metrics()
    {
        const string Answer = """
            {"data":[
              {"id":"e3","created_at":1700000002,"level":"info","message":"Step 2","type":"metrics","data":{"step":2,"total_steps":2,"train_loss":0.5,"valid_loss":"0.7","note":"x"}},
              {"id":"e2b","created_at":1700000001,"level":"info","message":"second in that second","type":"message","data":{}},
              {"id":"e2","created_at":1700000001,"level":"warn","message":"first in that second"},
              {"id":"e3","created_at":1700000002,"level":"info","message":"Step 2","type":"metrics","data":{"step":2}},
              {"id":"e1","created_at":1700000000,"level":"info","message":"Created","data":null}],"has_more":false}
            """;
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs/j/events", Answer));
        using OpenAIProvider provider = TestProvider.For(server);

        IReadOnlyList<JobEvent> events = await provider.GetEventsAsync("j", Cancelled);

        events.Select(one => one.Message).ShouldBe(["Created", "first in that second", "second in that second", "Step 2"]);
        (events[3].Step, events[3].TotalSteps).ShouldBe((2, 2));
        events[3].Metrics.ShouldBe(ImmutableSortedDictionary<string, double>.Empty.Add("train_loss", 0.5).Add("valid_loss", 0.7));
    }

    [Fact]
    public async Task Checkpoints_are_read_and_a_service_without_them_has_none()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs/j/checkpoints",
            """{"data":[{"id":"c2","step_number":20,"fine_tuned_model_checkpoint":"ft:m:ckpt-step-20"},{"id":"c1","step_number":10,"fine_tuned_model_checkpoint":"ft:m:ckpt-step-10"}]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.GetCheckpointsAsync("j", Cancelled)).ShouldBe([new JobCheckpoint(10, "ft:m:ckpt-step-10"), new JobCheckpoint(20, "ft:m:ckpt-step-20")]);
        (await provider.GetCheckpointsAsync("other", Cancelled)).ShouldBeEmpty();
    }
}
