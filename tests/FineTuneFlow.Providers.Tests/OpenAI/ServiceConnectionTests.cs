using System.Text;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Profiles;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>How requests are sent, whichever they are, and what is made of lists and lost answers.</summary>
public sealed class ServiceConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly ModelQuestion Question = new() { Model = "m", Family = ModelFamily.Chat, Messages = [new ChatTurn("user", "fine")], MaxTokens = 1 };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_say_who_asks_and_what_they_carry()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, 200, """{"choices":[{"text":"4"}],"data":[]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        await provider.AskAsync(Question, Cancelled);
        await provider.ListModelsAsync(Cancelled);

        foreach (WireRequest sent in server.Requests)
        {
            (sent.Headers["Authorization"], sent.Headers["Accept"]).ShouldBe(($"Bearer {TestProvider.Key}", "application/json"));
            sent.Headers["User-Agent"].ShouldContain("FineTuneFlow");
        }

        server.Requests.First().Headers["Content-Type"].ShouldBe("application/json");
        server.Requests.Last().Headers.ContainsKey("Content-Type").ShouldBeFalse();
    }

    [Fact]
    public async Task A_service_without_keys_is_asked_all_the_same()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/models", """{"data":[]}"""));
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { Key = null });

        await provider.ListModelsAsync(Cancelled);

        server.Requests.ShouldHaveSingleItem().Headers["Authorization"].ShouldBe("Bearer none");
    }

    [Fact]
    public async Task A_redirect_is_not_followed_and_no_cookie_is_kept()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            context.Response.Headers.SetCookie = "session=1; path=/";
            context.Response.Headers.Location = "/v1/elsewhere";
            return WireServer.WriteAsync(context, 307, "");
        });
        using OpenAIProvider provider = TestProvider.For(server);

        for (int i = 0; i < 2; i++)
        {
            FlowException refused = await Should.ThrowAsync<FlowException>(() => provider.ListModelsAsync(Cancelled));
            refused.Message.ShouldContain("answers from another address");
        }

        server.Requests.Select(one => (one.Path, one.Headers.ContainsKey("Cookie"))).ShouldBe([("/v1/models", false), ("/v1/models", false)]);
    }

    [Fact]
    public async Task As_many_connections_are_open_as_questions_may_be_asked_and_eight_more()
    {
        int arrived = 0;
        var all = new TaskCompletionSource();
        var open = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (request.Path == "/v1/models")
            {
                if (Interlocked.Increment(ref arrived) == 10)
                {
                    all.SetResult();
                }

                await open.Task;
            }

            await WireServer.WriteAsync(context, 200, """{"data":[]}""");
        });
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { MaxConcurrency = 2 });
        using OpenAIProvider other = TestProvider.For(server);

        Task[] asked = [.. Enumerable.Range(0, 10).Select(_ => provider.ListModelsAsync(Cancelled))];
        await all.Task.WaitAsync(Patience, Cancelled);
        Task eleventh = provider.ListModelsAsync(Cancelled);
        // Another client's requests, all of which come after the eleventh was made.
        for (int i = 0; i < 20; i++)
        {
            await other.ListFilesAsync(Cancelled).CountAsync(Cancelled);
        }

        arrived.ShouldBe(10);
        open.SetResult();
        await Task.WhenAll([.. asked, eleventh]);
        arrived.ShouldBe(11);
    }

    [Fact]
    public async Task An_upload_may_take_longer_than_an_answer()
    {
        var given = new TaskCompletionSource();
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            await (request.Path == "/v1/models" ? Task.Delay(Timeout.Infinite, context.RequestAborted) : given.Task);
            await WireServer.WriteAsync(context, 200, """{"id":"f"}""");
        });
        using OpenAIProvider provider = TestProvider.For(server, change: options => options with { RequestTimeout = TimeSpan.FromMilliseconds(200), UploadTimeout = Patience });
        var uploads = new Task[]
        {
            provider.UploadFileAsync("f", new MemoryStream([1]), 1, Cancelled), provider.ReadFileAsync("f", Cancelled),
            provider.Batches!.UploadQuestionsAsync("b", [new BatchQuestion("1", Question)], Cancelled),
            provider.Batches!.ReadAnswersAsync(new ProviderBatch { Id = "b", State = BatchState.Completed, RawState = "completed", OutputFile = "f" }, Cancelled).CountAsync(Cancelled).AsTask(),
        };

        // Begun later, and given up already.
        (await Should.ThrowAsync<FlowException>(() => provider.ListModelsAsync(Cancelled))).Message.ShouldContain("did not answer (asked to list the models)");
        uploads.ShouldAllBe(upload => !upload.IsCompleted);
        given.SetResult();

        await Should.ThrowAsync<FlowException>(() => uploads[3]);
        await Task.WhenAll(uploads[..3]);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_not_told_of_a_fault_of_the_service()
    {
        using var stop = new CancellationTokenSource();
        await using WireServer server = await WireServer.StartAsync(async (context, _) =>
        {
            await stop.CancelAsync();
            context.Abort();
        });
        using OpenAIProvider provider = TestProvider.For(server);

        await Should.ThrowAsync<OperationCanceledException>(() => provider.AskAsync(Question, stop.Token));
    }

    [Fact]
    public async Task A_lost_answer_is_in_doubt_only_where_something_was_to_be_made()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            context.Abort();
            return Task.CompletedTask;
        });
        using OpenAIProvider provider = TestProvider.For(server);

        Failure asked = await FaultAsync(() => provider.AskAsync(Question, Cancelled));
        Failure made = await FaultAsync(() => provider.Batches!.CreateBatchAsync("f", ModelFamily.Chat, new Dictionary<string, string>(), Cancelled));

        (asked.Kind, asked.Message, asked.Remedy).ShouldBe((FailureKind.Unavailable, "p did not answer (asked to ask the model)", null));
        (made.Kind, made.Message).ShouldBe((FailureKind.Ambiguous, "p did not answer (asked to create the batch)"));
        made.Remedy.ShouldNotBeNull().ShouldContain("It may have been done all the same");
    }

    [Fact]
    public async Task Where_nobody_listens_nothing_was_made()
    {
        WireServer server = await WireServer.StartAsync();
        Uri address = server.Address;
        await server.DisposeAsync();
        using OpenAIProvider provider = TestProvider.For(address);

        Failure fault = await FaultAsync(() => provider.Batches!.CreateBatchAsync("f", ModelFamily.Chat, new Dictionary<string, string>(), Cancelled));

        (fault.Kind, fault.Message).ShouldBe((FailureKind.Unavailable, $"p cannot be reached at {address.Authority} (to create the batch)"));
    }

    [Theory]
    [InlineData("\t\r\n<html>", "p answers with a web page instead of JSON (asked to list the models)")]
    [InlineData("busy", "p gave an answer that cannot be read (asked to list the models)")]
    [InlineData("", "p gave an answer that cannot be read (asked to list the models)")]
    public async Task What_is_no_JSON_is_told_apart_from_a_web_page(string body, string message)
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/models", body));
        using OpenAIProvider provider = TestProvider.For(server);

        Failure fault = await FaultAsync(() => provider.ListModelsAsync(Cancelled));

        (fault.Kind, fault.Message).ShouldBe((FailureKind.Unavailable, message));
    }

    [Fact]
    public async Task Pages_follow_the_last_id_of_each_to_the_end()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, 200, request.Query switch
        {
            "?limit=100" => """{"data":[{"id":"a"},{"id":"b&c"},{"status":"x"}],"has_more":true}""",
            "?limit=100&after=b&c" => """{"data":[{"id":"d"}],"has_more":true}""",
            "?limit=100&after=d" => """{"data":[{"id":"e"}],"has_more":"true"}""",
            _ => """{"data":[{"id":"never"}]}""",
        }));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.ListJobsAsync(Cancelled).Select(job => job.Id).ToListAsync(Cancelled)).ShouldBe(["a", "b&c", "d", "e"]);
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_list_that_goes_on_without_anything_to_go_on_from_cannot_be_read()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs", """{"data":[],"has_more":true}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await FaultAsync(async () => await provider.ListJobsAsync(Cancelled).ToListAsync(Cancelled))).Message.ShouldBe("p gave an answer that cannot be read (asked to list the jobs)");
    }

    [Fact]
    public async Task The_wait_in_milliseconds_goes_before_the_one_in_seconds()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) =>
        {
            context.Response.Headers["retry-after-ms"] = "250";
            context.Response.Headers.RetryAfter = "7";
            return WireServer.WriteAsync(context, 300, "{}");
        });
        using OpenAIProvider provider = TestProvider.For(server);

        (await FaultAsync(() => provider.ListModelsAsync(Cancelled))).RetryAfter.ShouldBe(TimeSpan.FromMilliseconds(250));
    }

    [Theory]
    [InlineData(200, true)]
    [InlineData(299, true)]
    [InlineData(300, false)]
    [InlineData(400, false)]
    public async Task An_answer_of_two_hundred_and_something_is_one(int status, bool good)
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => WireServer.WriteAsync(context, status, """{"data":[]}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        if (good)
        {
            (await provider.ListModelsAsync(Cancelled)).ShouldBeEmpty();
            return;
        }

        (await FaultAsync(() => provider.ListModelsAsync(Cancelled))).Kind.ShouldBe(FailureKind.InvalidInput);
    }

    [Fact]
    public async Task A_deployment_that_does_not_answer_in_time_is_given_up()
    {
        await using WireServer server = await WireServer.StartAsync((context, _) => Task.Delay(Timeout.Infinite, context.RequestAborted));
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI, options => options with { Profile = BuiltInProfiles.Get("foundry"), RequestTimeout = TimeSpan.FromMilliseconds(200) });

        (await FaultAsync(() => provider.AskAsync(Question, Cancelled).WaitAsync(Patience, Cancelled))).Message.ShouldBe("p did not answer (asked to ask the model)");
        server.Requests.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_deployment_is_asked_under_our_name_and_a_caller_that_gives_up_is_heard()
    {
        using var stop = new CancellationTokenSource();
        await using WireServer server = await WireServer.StartAsync(async (context, request) =>
        {
            if (request.Text.Contains("\"last\"", StringComparison.Ordinal))
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, context.RequestAborted);
            }

            await WireServer.WriteAsync(context, 200, """{"choices":[{"text":"4"}]}""");
        });
        using OpenAIProvider provider = TestProvider.For(server, ProviderKind.AzureOpenAI, options => options with { Profile = BuiltInProfiles.Get("foundry") });

        await provider.AskAsync(Question, Cancelled);
        await Should.ThrowAsync<OperationCanceledException>(() => provider.AskAsync(Question with { Messages = [new ChatTurn("user", "last")] }, stop.Token).WaitAsync(Patience, Cancelled));

        server.Requests.First().Headers["User-Agent"].ShouldContain("FineTuneFlow");
        Encoding.UTF8.GetString(server.Requests.First().Body).ShouldBe("""{"model":"m","messages":[{"role":"user","content":"fine"}],"max_tokens":1}""");
    }

    private static async Task<Failure> FaultAsync(Func<Task> call) => (await Should.ThrowAsync<FlowException>(call)).Failure;
}
