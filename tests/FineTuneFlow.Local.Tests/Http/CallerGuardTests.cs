using System.Net;
using FineTuneFlow.Api;
using FineTuneFlow.Local.Http;
using FineTuneFlow.Local.Settings;
using Microsoft.AspNetCore.Http;

namespace FineTuneFlow.Local.Tests.Http;

public class CallerGuardTests
{
    private const string Key = "0123456789abcdef0123";

    [Theory]
    [InlineData("127.0.0.1:7071", 200)]
    [InlineData("localhost:7071", 200)]
    [InlineData("[::1]:7071", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("127.0.0.1.evil.example", 403)]
    [InlineData("192.168.1.5", 403)]
    [InlineData("", 403)]
    public async Task Without_a_key_only_the_loopback_names_are_answered(string host, int status) =>
        (await AskAsync(key: null, request => request.Host = new HostString(host))).ShouldBe(status);

    [Theory]
    [InlineData("POST", "http://127.0.0.1:7071", null, 200)]
    [InlineData("POST", null, null, 200)]
    [InlineData("POST", "http://127.0.0.1:5173", null, 403)]
    [InlineData("PUT", "null", null, 403)]
    [InlineData("POST", null, "cross-site", 403)]
    [InlineData("POST", null, "same-origin", 200)]
    [InlineData("GET", "https://evil.example", "cross-site", 200)]
    public async Task A_page_from_elsewhere_changes_nothing(string method, string? origin, string? site, int status) =>
        (await AskAsync(key: null, request =>
        {
            request.Method = method;
            request.Headers.Origin = origin;
            request.Headers["Sec-Fetch-Site"] = site;
        })).ShouldBe(status);

    [Theory]
    [InlineData("x-functions-key", Key, 200)]
    [InlineData("Authorization", "Bearer " + Key, 200)]
    [InlineData("x-functions-key", Key + "4", 401)]
    [InlineData("x-functions-key", "", 401)]
    [InlineData("Authorization", Key, 401)]
    public async Task With_a_key_every_caller_needs_it(string header, string value, int status) =>
        (await AskAsync(Key, request => request.Headers[header] = value)).ShouldBe(status);

    [Fact]
    public async Task Health_and_the_signed_webhook_need_no_key()
    {
        foreach (string name in new[] { "GetHealth", "PostOpenAIWebhook" })
        {
            (await AskAsync(Key, request => request.HttpContext.SetEndpoint(
                new Endpoint(null, new EndpointMetadataCollection(ApiRoutes.All.Single(route => route.Name == name)), name)))).ShouldBe(200);
        }

        (await AskAsync(Key, request => request.HttpContext.SetEndpoint(
            new Endpoint(null, new EndpointMetadataCollection(ApiRoutes.All.Single(route => route.Name == "GetRuns")), "GetRuns")))).ShouldBe(401);
    }

    private static async Task<int> AskAsync(string? key, Action<HttpRequest> change)
    {
        var context = new DefaultHttpContext();
        context.Request.Method = "GET";
        context.Request.Scheme = "http";
        context.Request.Host = new HostString("127.0.0.1:7071");
        context.Response.Body = new MemoryStream();
        change(context.Request);
        var options = new LocalHostOptions { Home = "unused", Address = IPAddress.Loopback, ApiKey = key };
        await new CallerGuard(_ => Task.CompletedTask, options).InvokeAsync(context);
        return context.Response.StatusCode;
    }
}
