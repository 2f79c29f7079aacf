using System.Text.Json.Nodes;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Core.Failures;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;

namespace FineTuneFlow.Api.Tests.Http;

public class FailureProblemTests
{
    [Fact]
    public async Task A_failure_becomes_problem_details_that_name_field_place_and_remedy()
    {
        var failure = new Failure(
            FailureKind.InvalidInput, "label \"6\" is not one of 1-5", "Map it.", new SourceLocation("reviews.csv", 214), "dataset.label");

        (HttpContext context, JsonNode body) = await SendAsync(new Failing(new FlowException(failure)));

        context.Response.StatusCode.ShouldBe(400);
        context.Response.ContentType.ShouldBe("application/problem+json");
        body["type"]!.GetValue<string>().ShouldBe("urn:finetuneflow:invalid-input");
        body["title"]!.GetValue<string>().ShouldBe(failure.Message);
        body["status"]!.GetValue<int>().ShouldBe(400);
        body["field"]!.GetValue<string>().ShouldBe("dataset.label");
        body["location"]!["line"]!.GetValue<int>().ShouldBe(214);
        body["remedy"]!.GetValue<string>().ShouldBe("Map it.");
    }

    [Fact]
    public async Task A_throttled_call_tells_how_long_to_wait()
    {
        var failure = new Failure(FailureKind.Throttled, "too many", RetryAfter: TimeSpan.FromSeconds(2.2));

        (HttpContext context, _) = await SendAsync(new Failing(new FlowException(failure)));

        context.Response.StatusCode.ShouldBe(429);
        context.Response.Headers.RetryAfter.ToString().ShouldBe("3");
    }

    [Fact]
    public async Task An_unexpected_exception_tells_the_caller_nothing_of_its_text()
    {
        (HttpContext context, JsonNode body) = await SendAsync(new Failing(new InvalidOperationException("the text of a review")));

        context.Response.StatusCode.ShouldBe(500);
        body.ToJsonString().ShouldNotContain("the text of a review");
    }

    [Fact]
    public void Every_kind_has_a_status_of_client_or_server_errors() =>
        Enum.GetValues<FailureKind>().ShouldAllBe(kind => FailureProblem.StatusOf(kind) >= 400 && FailureProblem.StatusOf(kind) < 600);

    private static async Task<(HttpContext Context, JsonNode Body)> SendAsync(IApiHandler handler)
    {
        var context = new DefaultHttpContext();
        using var body = new MemoryStream();
        context.Response.Body = body;
        IResult result = await ApiCall.RunAsync(handler, context.Request, NullLogger.Instance, TestContext.Current.CancellationToken);
        await result.ExecuteAsync(context);
        return (context, JsonNode.Parse(body.ToArray())!);
    }

    private sealed class Failing(Exception exception) : IApiHandler
    {
        public Task<IResult> HandleAsync(HttpRequest request, CancellationToken cancellation) => throw exception;
    }
}
