using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.OpenAI;
using FineTuneFlow.Providers.Tests.Wire;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.Tests.OpenAI;

/// <summary>Looking for a job that may be there already: overlooking it would pay for a second one.</summary>
public sealed class JobAdoptionTests
{
    private static readonly Dictionary<string, string> Ours = new() { ["ftf_run"] = "r1" };

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_service_that_refuses_the_filter_is_asked_for_all_its_jobs_page_by_page()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Query.Contains("metadata", StringComparison.Ordinal)
            ? WireServer.WriteAsync(context, 400, """{"error":{"message":"Unknown query parameter: metadata[ftf_run]","code":"unknown_parameter"}}""")
            : WireServer.WriteAsync(context, 200, request.Query.Contains("after=b", StringComparison.Ordinal)
                ? """{"data":[{"id":"mine","status":"running","metadata":{"ftf_run":"r1"}}],"has_more":false}"""
                : """{"data":[{"id":"a","status":"running"},{"id":"b","status":"running"}],"has_more":true}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        List<ProviderJob> found = await provider.FindJobsAsync(Ours, Cancelled).ToListAsync(Cancelled);

        found.ShouldHaveSingleItem().Id.ShouldBe("mine");
        server.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task With_the_filter_too_all_pages_are_looked_through()
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => WireServer.WriteAsync(context, 200,
            request.Query.Contains("after=b", StringComparison.Ordinal)
                ? """{"data":[{"id":"mine","status":"running","metadata":{"ftf_run":"r1"}}],"has_more":false}"""
                : """{"data":[{"id":"a","status":"running"},{"id":"b","status":"running"}],"has_more":true}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.FindJobsAsync(Ours, Cancelled).ToListAsync(Cancelled)).ShouldHaveSingleItem().Id.ShouldBe("mine");
    }

    [Fact]
    public async Task A_list_that_goes_on_but_cannot_be_followed_is_no_proof_of_absence()
    {
        await using WireServer server = await WireServer.StartAsync(("GET /v1/fine_tuning/jobs", """{"data":[{"status":"running"}],"has_more":true}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        FlowException doubt = await Should.ThrowAsync<FlowException>(async () => await provider.FindJobsAsync(Ours, Cancelled).ToListAsync(Cancelled));

        doubt.Failure.Kind.ShouldBe(FailureKind.Unavailable);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(409)]
    public async Task Cancelling_again_what_is_being_cancelled_is_no_error(int status)
    {
        await using WireServer server = await WireServer.StartAsync((context, request) => request.Method == "POST"
            ? WireServer.WriteAsync(context, status, """{"error":{"message":"The job is being cancelled already","code":null}}""")
            : WireServer.WriteAsync(context, 200, """{"id":"j","status":"cancelling"}"""));
        using OpenAIProvider provider = TestProvider.For(server);

        (await provider.CancelJobAsync("j", Cancelled)).HasEnded.ShouldBeFalse();
        (await provider.Batches!.CancelBatchAsync("j", Cancelled)).State.ShouldBe(BatchState.Cancelling);
    }

    [Fact]
    public async Task Why_a_job_failed_is_told_without_the_texts_that_the_service_quotes()
    {
        const string Text = "I bought this app for my mother and it deleted all of her pictures";
        await using WireServer server = await WireServer.StartAsync(
            ("GET /v1/fine_tuning/jobs/j", $$"""{"id":"j","status":"failed","error":{"code":"invalid_training_file","message":"Line 7 can't be used: '{{Text}}' isn't allowed"} }"""),
            ("GET /v1/files/f", $$"""{"id":"f","filename":"x","status":"error","status_details":"Line 7: \"{{Text}}\""}"""),
            ("GET /v1/batches/b", $$"""{"id":"b","status":"failed","errors":{"data":[{"message":"Line 7: `{{Text}}`"}]} }"""));
        using OpenAIProvider provider = TestProvider.For(server);

        ProviderJob job = (await provider.GetJobAsync("j", Cancelled))!;
        job.ErrorMessage.ShouldBe("Line 7 can't be used: \"…\" isn't allowed");
        (await provider.GetFileAsync("f", Cancelled))!.Error.ShouldBe("Line 7: \"…\"");
        (await provider.Batches!.GetBatchAsync("b", Cancelled))!.Errors.ShouldBe(["Line 7: \"…\""]);
    }
}
