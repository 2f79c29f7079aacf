using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using FineTuneFlow.Api;
using FineTuneFlow.Api.Http;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>What holds for the routes of the API one and all.</summary>
public sealed partial class EveryRouteTests(HostFixture host) : IClassFixture<HostFixture>
{
    private const string Linear = """{ "candidates": [], "baselines": [{ "name": "linear" }] }""";

    private static readonly string[] Bodies =
    [
        "", "null", "[]", "[1]", "7", "\"text\"", "{", "{\"", "{}}", "{\"project\":}", "\u0000", "<xml/>", "{\"\\ud800\":1}",
        "{\"project\":\"\\ud800\",\"text\":\"\\ud800\",\"label\":\"\\ud800\",\"row\":\"\\ud800\",\"model\":\"\\ud800\",\"prompt\":\"\\ud800\",\"type\":\"\\ud800\"}",
        Named("null"), Named("7"), Named("[[]]"), Named("{\"a\":{}}"), Named("\"text\""), Named("1e999"), Named("true"),
        string.Concat(Enumerable.Repeat("{\"a\":", 5_000)) + "1" + new string('}', 5_000),
        new string('[', 100_000), "{\"messages\":" + new string('[', 70) + new string(']', 70) + "}",
    ];

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Errors_of_the_serializer_never_reach_a_caller()
    {
        string runId = await RunAsync("bodies");
        foreach (ApiRoute route in ApiRoutes.All.Where(route => route.Method is "POST" or "PUT"))
        {
            foreach (string body in Bodies)
            {
                using var request = new HttpRequestMessage(new HttpMethod(route.Method), PathOf(route, "bodies", runId))
                {
                    Content = new StringContent(body, Encoding.UTF8, "application/json"),
                };
                using HttpResponseMessage answer = await host.Http.SendAsync(request, Cancellation);
                string said = await answer.Content.ReadAsStringAsync(Cancellation);

                string what = $"{route.Method} {route.Pattern} with {body[..Math.Min(80, body.Length)]}: {(int)answer.StatusCode} {said}";
                answer.StatusCode.ShouldNotBe(HttpStatusCode.InternalServerError, what);
                Internals().IsMatch(said).ShouldBeFalse(what);
            }
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task HEAD_is_answered_as_GET_without_a_body()
    {
        string runId = await RunAsync("heads");
        foreach (ApiRoute route in ApiRoutes.All.Where(route => route.Method == "GET"))
        {
            string path = PathOf(route, "heads", runId);
            using HttpResponseMessage got = await host.Http.GetAsync(path, Cancellation);
            using var request = new HttpRequestMessage(HttpMethod.Head, path);

            using HttpResponseMessage head = await host.Http.SendAsync(request, Cancellation);

            head.StatusCode.ShouldBe(got.StatusCode, path);
            head.Content.Headers.ContentType.ShouldBe(got.Content.Headers.ContentType, path);
            (await head.Content.ReadAsByteArrayAsync(Cancellation)).ShouldBeEmpty(path);
        }
    }

    [GeneratedRegex(@"System\.|Microsoft\.|FineTuneFlow\.[A-Z]|LineNumber|BytePositionInLine|Exception|   at |\.cs:")]
    private static partial Regex Internals();

    private static string Named(string value) => "{" + string.Join(',', new[]
    {
        "project", "drop", "recipe", "approved", "by", "comment", "reason", "row", "label", "text", "texts", "runId", "candidate", "version", "id",
        "model", "messages", "prompt", "type", "data", "method", "params", "jsonrpc", "user", "max_tokens", "logprobs", "temperature",
    }.Select(name => $"\"{name}\":{value}")) + "}";

    private static string PathOf(ApiRoute route, string project, string runId) => Parameter().Replace(route.Pattern, part => part.Groups[1].Value switch
    {
        "project" => project,
        "id" when route.Pattern.StartsWith("runs/", StringComparison.Ordinal) => runId,
        "path" => "run.json",
        _ => "nothing",
    });

    [GeneratedRegex(@"\{\*?(\w+)(:[^}]*)?\}")]
    private static partial Regex Parameter();

    private async Task<string> RunAsync(string project)
    {
        using HttpResponseMessage started = await host.UploadAsync(project, HostFixture.Reviews(200), Linear);
        return (await host.UntilAsync((await HostFixture.ReadAsync<StartedRun>(started)).RunId, run => run.EndedAt is not null)).RunId;
    }
}
