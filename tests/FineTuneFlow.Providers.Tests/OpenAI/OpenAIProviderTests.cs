using System.Collections.Immutable;
using System.Text;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>Each of a provider's calls by itself: what it asks, and what it makes of unusual answers.</summary>
public sealed class OpenAIProviderTests
{
    private static readonly ModelQuestion Chat = new() { Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1, TopLogProbabilities = 5, Temperature = 0 };

    private static readonly JobRequest Job = new() { Model = "m", TrainingFile = "f", Suffix = "s", Metadata = ImmutableSortedDictionary<string, string>.Empty };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Files_of_training_and_of_no_purpose_are_listed()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/files",
            """{"data":[{"id":"f1","purpose":"fine-tune"},{"id":"f2","purpose":"batch"},{"id":"f3"},{"purpose":"fine-tune"}]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.ListFilesAsync(Cancelled).Select(file => file.Id).ToListAsync(Cancelled)).ShouldBe(["f1", "f3"]);
        server.Requests.ShouldHaveSingleItem().Query.ShouldBe("?purpose=fine-tune&order=desc&limit=1000");
    }

    [Fact]
    public async Task A_file_and_a_job_are_looked_up_by_their_escaped_ids()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, 200, request.Path.Contains("jobs", StringComparison.Ordinal)
            ? """{"id":"j?","status":"running"}""" : """{"id":"f?","filename":"n","bytes":3,"status":"processed"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.GetFileAsync("f?", Cancelled)).ShouldBe(new ProviderFile("f?", "n", 3, FileState.Ready, null));
        (await provider.GetJobAsync("j?", Cancelled)).ShouldNotBeNull().Id.ShouldBe("j?");
        (await provider.DeleteFileAsync("f?", Cancelled)).ShouldBeTrue();
        server.Requests.Select(one => $"{one.Method} {one.Path}").ShouldBe(["GET /v1/files/f?", "GET /v1/fine_tuning/jobs/j?", "DELETE /v1/files/f?"]);
    }

    [Theory]
    [InlineData("upload the file", FailureKind.Ambiguous)]
    [InlineData("look up the file", FailureKind.Unavailable)]
    [InlineData("create the job", FailureKind.Ambiguous)]
    [InlineData("look up the job", FailureKind.Unavailable)]
    [InlineData("list the models", FailureKind.Unavailable)]
    [InlineData("list the jobs", FailureKind.Unavailable)]
    [InlineData("ask the model", FailureKind.Unavailable)]
    public async Task An_answer_of_another_shape_cannot_be_read(string asked, FailureKind kind)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 200, """{"data":{}}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        Failure fault = (await Should.ThrowAsync<FlowException>(() => asked switch
        {
            "upload the file" => provider.UploadFileAsync("f", new MemoryStream([1]), 1, Cancelled),
            "look up the file" => provider.GetFileAsync("f", Cancelled),
            "create the job" => provider.CreateJobAsync(Job, Cancelled),
            "look up the job" => provider.GetJobAsync("j", Cancelled),
            "list the models" => provider.ListModelsAsync(Cancelled),
            "list the jobs" => provider.ListJobsAsync(Cancelled).ToListAsync(Cancelled).AsTask(),
            _ => (Task)provider.AskAsync(Chat, Cancelled),
        })).Failure;

        (fault.Kind, fault.Message).ShouldBe((kind, $"p gave an answer that cannot be read (asked to {asked})"));
    }

    [Fact]
    public async Task Refusals_that_are_no_not_found_are_not_taken_for_it()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 403, "{}"));
        using OpenAIProvider provider = TestProvider.For(server);

        foreach (Func<Task> call in (Func<Task>[])[() => provider.GetFileAsync("f"), () => provider.DeleteFileAsync("f"), () => provider.GetJobAsync("j"), () => provider.GetEventsAsync("j"), () => provider.GetCheckpointsAsync("j")])
        {
            (await Should.ThrowAsync<FlowException>(call)).Failure.Kind.ShouldBe(FailureKind.Forbidden);
        }
    }

    [Fact]
    public async Task All_jobs_with_an_id_are_listed()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs", """{"data":[{"id":"a"},{"status":"running"},{"id":"b"}]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.ListJobsAsync(Cancelled).Select(job => job.Id).ToListAsync(Cancelled)).ShouldBe(["a", "b"]);
        (await provider.FindJobsAsync(ImmutableSortedDictionary<string, string>.Empty, Cancelled).CountAsync(Cancelled)).ShouldBe(2);
        server.Requests.ShouldAllBe(one => one.Query == "?limit=100");
    }

    [Fact]
    public async Task Several_pairs_narrow_the_list_and_all_of_them_have_to_match()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs", """
            {"data":[{"id":"a","metadata":{"c":"x&y"}},{"id":"b","metadata":{"c":"x&y","run":"r"}},{"id":"c","metadata":{"c":"x&y","run":"s"}}]}
            """));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.FindJobsAsync(ImmutableSortedDictionary<string, string>.Empty.Add("c", "x&y").Add("run", "r"), Cancelled).Select(job => job.Id).ToListAsync(Cancelled)).ShouldBe(["b"]);
        server.Requests.ShouldHaveSingleItem().Query.ShouldBe("?metadata[c]=x&y&metadata[run]=r&limit=100");
    }

    [Fact]
    public async Task A_filter_that_fails_for_another_reason_is_no_reason_to_ask_without_it()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 503, "{}"));
        using OpenAIProvider provider = TestProvider.For(server);

        (await Should.ThrowAsync<FlowException>(async () => await provider.FindJobsAsync(new Dictionary<string, string> { ["run"] = "r" }, Cancelled).ToListAsync(Cancelled))).Failure.Kind.ShouldBe(FailureKind.Unavailable);
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("together", "base", "tuned", "ft-2")] // by the job that made the model
    [InlineData("together", "base", "unknown", "unknown")]
    [InlineData("together", null, "base", null)]
    [InlineData("together", "base", "base", null)]
    [InlineData("openai", "base", "tuned", null)]
    public async Task A_fine_tune_is_continued_as_the_service_wants_it(string profile, string? baseModel, string model, string? from)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, 200, request.Method == "GET"
            ? """{"data":[{"id":"ft-1","status":"completed","model_output_name":"other"},{"id":"ft-2","status":"completed","model_output_name":"tuned"}]}"""
            : """{"id":"ft-3","status":"pending"}"""));
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { Profile = BuiltInProfiles.Get(profile) });

        (await provider.CreateJobAsync(Job with { Model = model, BaseModel = baseModel }, Cancelled)).Id.ShouldBe("ft-3");

        string sent = server.Requests.Last().Text;
        if (from is null)
        {
            server.Requests.Count.ShouldBe(1);
            sent.ShouldNotContain("from_checkpoint");
        }
        else
        {
            sent.ShouldContain($"\"from_checkpoint\":\"{from}\"");
        }
    }

    [Theory]
    [InlineData(409, "succeeded", true)]
    [InlineData(400, "failed", true)]
    [InlineData(409, "cancelling", true)]
    [InlineData(409, "canceling", true)]
    [InlineData(409, "running", false)]
    [InlineData(409, null, false)]
    [InlineData(500, "succeeded", false)]
    public async Task A_refused_cancellation_is_an_error_unless_the_job_has_ended_or_is_being_cancelled(int status, string? word, bool fine)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method == "POST"
            ? WireServer.WriteAsync(context, status, "{}")
            : WireServer.WriteAsync(context, word is null ? 404 : 200, $$"""{"id":"j","status":"{{word}}"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        if (fine)
        {
            (await provider.CancelJobAsync("j", Cancelled)).RawState.ShouldBe(word);
            return;
        }

        (await Should.ThrowAsync<FlowException>(() => provider.CancelJobAsync("j", Cancelled))).Message.ShouldContain($"(asked to cancel the job: {status})");
    }

    [Fact]
    public async Task A_cancellation_that_is_answered_without_the_job_looks_it_up()
    {
        bool there = true;
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method == "POST"
            ? WireServer.WriteAsync(context, 200, "{}")
            : WireServer.WriteAsync(context, there ? 200 : 404, """{"id":"j","status":"cancelled"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.CancelJobAsync("j", Cancelled)).State.ShouldBe(JobState.Cancelled);
        there = false;
        (await Should.ThrowAsync<FlowException>(() => provider.CancelJobAsync("j", Cancelled))).Message.ShouldContain("cannot be read (asked to cancel the job)");
    }

    [Fact]
    public async Task Events_without_an_id_are_all_kept_and_a_job_that_is_not_shown_yet_has_none()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs/j/events", """{"data":[{"message":"b","created_at":2},{"message":"a","created_at":1},{"message":"a","created_at":1}]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.GetEventsAsync("j", Cancelled)).Select(one => one.Message).ShouldBe(["a", "a", "b"]);
        (await provider.GetEventsAsync("new", Cancelled)).ShouldBeEmpty();
        server.Requests.First().Query.ShouldBe("?limit=100");
    }

    [Fact]
    public async Task A_checkpoint_that_comes_twice_is_one()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs/j/checkpoints", """
            {"data":[{"step_number":30,"fine_tuned_model_checkpoint":"c"},{"step_number":20},{"step_number":10,"fine_tuned_model_checkpoint":"a"},{"step_number":30,"fine_tuned_model_checkpoint":"c"}]}
            """));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.GetCheckpointsAsync("j", Cancelled)).ShouldBe([new JobCheckpoint(10, "a"), new JobCheckpoint(30, "c")]);
        server.Requests.ShouldHaveSingleItem().Query.ShouldBe("?limit=100");
    }

    [Theory]
    [InlineData("""{"data":[{"id":"m1","created":1700000000,"shutdown_date":"2027-10-14"},{"created":1},{"id":"m2"}]}""")]
    [InlineData("""[{"id":"m1","created":1700000000,"shutdown_date":"2027-10-14T00:00:00Z"},{"id":"m2","created":0}]""")] // as Together answers
    public async Task Models_are_listed_with_the_day_on_which_they_end(string json)
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/models", json));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.ListModelsAsync(Cancelled)).ShouldBe(
            [new ProviderModel("m1", DateTimeOffset.FromUnixTimeSeconds(1700000000), new DateOnly(2027, 10, 14)), new ProviderModel("m2", null, null)]);
    }

    [Fact]
    public async Task A_question_takes_as_long_as_its_last_asking()
    {
        var clock = new SkippingClock();
        await using WireServer server = await WireServer.StartAsync((context, request) =>
        {
            bool refused = request.Text.Contains("max_tokens", StringComparison.Ordinal);
            clock.Advance(TimeSpan.FromMilliseconds(refused ? 1000 : 250));
            return refused
                ? WireServer.WriteAsync(context, 400, """{"error":{"param":"max_tokens"}}""")
                : WireServer.WriteAsync(context, 200, """{"choices":[{"message":{"content":"4"}}]}""");
        });
        using var provider = new OpenAIProvider(new ProviderOptions { Name = "p", Kind = ProviderKind.OpenAI, BaseAddress = server.Address, PriceKey = "openai" }, clock);

        (await provider.AskAsync(Chat, Cancelled)).LatencyMs.ShouldBe(250);
        server.Requests.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_filtered_question_has_its_latency_and_nothing_else()
    {
        var clock = new SkippingClock();
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(125));
            return WireServer.WriteAsync(context, 400, """{"error":{"code":"content_filter","param":"prompt"}}""");
        });
        using var provider = new OpenAIProvider(new ProviderOptions { Name = "p", Kind = ProviderKind.OpenAI, BaseAddress = server.Address, PriceKey = "openai" }, clock);

        ModelAnswer answer = await provider.AskAsync(Chat, Cancelled);

        (answer.Text, answer.Tokens.Length, answer.FinishReason, answer.Refusal, answer.PromptTokens, answer.CompletionTokens, answer.LatencyMs).ShouldBe(("", 0, "content_filter", null, null, null, 125));
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_service_that_refuses_what_it_has_just_offered_is_asked_six_times_and_no_more()
    {
        int asked = 0;
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 400,
            $$$"""{"error":{"param":"reasoning_effort","message":"Supported values are: '{{{(asked++ % 2 == 0 ? "low" : "medium")}}}'"}}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.AskAsync(Chat, Cancelled));

        refused.Failure.Kind.ShouldBe(FailureKind.InvalidInput);
        asked.ShouldBe(6);
    }

    [Theory]
    [InlineData(ModelFamily.Chat, "/openai/deployments/m/chat/completions")]
    [InlineData(ModelFamily.Completion, "/v1/completions")]
    public async Task Only_chats_go_to_a_deployments_classic_address(ModelFamily family, string path)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 200, """{"choices":[{"text":"4","message":{"content":"4"}}]}"""));
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI, options => options with { Profile = BuiltInProfiles.Get("foundry") });

        (await provider.AskAsync(Chat with { Family = family }, Cancelled)).Text.ShouldBe("4");

        server.Requests.ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Theory]
    [InlineData("openai", true)]
    [InlineData("foundry", false)]
    public void A_service_without_a_batch_API_has_no_batches(string profile, bool has)
    {
        using OpenAIProvider provider = TestProvider.For(new Uri("http://127.0.0.1/v1/"), change: options => options with { Profile = BuiltInProfiles.Get(profile) });

        (provider.Batches is not null, provider.Facts.Name).ShouldBe((has, "p"));
    }

    [Fact]
    public async Task What_was_disposed_of_asks_nothing_any_more()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/models", """{"data":[]}"""));
        OpenAIProvider provider = TestProvider.For(server);
        (await provider.ListModelsAsync(Cancelled)).ShouldBeEmpty();
        provider.Dispose();

        await Should.ThrowAsync<Exception>(() => provider.ListModelsAsync(Cancelled));
        server.Requests.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData("openai", "files", null)]
    [InlineData("together", "files/upload", "n.jsonl")] // a route of its own wants the name as a field as well
    public async Task An_upload_goes_to_the_profiles_route(string profile, string route, string? name)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 200, """{"id":"f","bytes":3}"""));
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { Profile = BuiltInProfiles.Get(profile) });

        await provider.UploadFileAsync("n.jsonl", new MemoryStream([1, 2, 3]), 3, Cancelled);

        WireRequest sent = server.Requests.ShouldHaveSingleItem();
        sent.Path.ShouldBe($"/v1/{route}");
        Encoding.Latin1.GetString(sent.Body).Contains("name=\"file_name\"\r\n\r\nn.jsonl\r\n", StringComparison.Ordinal).ShouldBe(name is not null);
    }
}
