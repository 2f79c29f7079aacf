using System.Net;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FineTuneFlow.Api;
using FineTuneFlow.Api.Dashboard;
using FineTuneFlow.Local.Http;
using FineTuneFlow.Local.Settings;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;

namespace FineTuneFlow.Local.Tests.Hosting;

/// <summary>The dashboard's files, without anything behind them.</summary>
public sealed partial class PagesTests : IAsyncLifetime
{
    private HttpClient _http = new();
    private WebApplication? _host;

    public ValueTask InitializeAsync() => StartAsync(key: null);

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_host is not null)
        {
            await _host.DisposeAsync();
        }
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/ui")]
    [InlineData("/ui/runs/reviews-37802a1a03/timeline?lane=gpt")]
    public async Task A_pages_address_gives_the_page_with_a_strict_content_policy(string address)
    {
        HttpResponseMessage answer = await _http.GetAsync(address, Cancellation);

        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/html; charset=utf-8");
        answer.Headers.CacheControl!.NoCache.ShouldBeTrue();
        string policy = answer.Headers.GetValues("Content-Security-Policy").Single();
        policy.ShouldStartWith("default-src 'none'");
        policy.ShouldNotContain("unsafe");
        string page = await answer.Content.ReadAsStringAsync(Cancellation);
        page.ShouldContain("<title>FineTuneFlow</title>");
        InlineScript().IsMatch(page).ShouldBeFalse();
    }

    [Fact]
    public async Task What_the_page_loads_may_be_kept_for_good_and_comes_compressed_to_who_takes_it()
    {
        DashboardFiles.AreBuilt.ShouldBeTrue("the pages were not built: npm was missing");
        string page = await _http.GetStringAsync("/", Cancellation);
        string script = Script().Match(page).Groups[1].Value;

        HttpResponseMessage plain = await _http.GetAsync(script, Cancellation);
        using var asked = new HttpRequestMessage(HttpMethod.Get, script);
        asked.Headers.AcceptEncoding.ParseAdd("gzip, br");
        HttpResponseMessage small = await _http.SendAsync(asked, Cancellation);
        using var again = new HttpRequestMessage(HttpMethod.Get, script);
        again.Headers.IfNoneMatch.Add(plain.Headers.ETag!);
        HttpResponseMessage known = await _http.SendAsync(again, Cancellation);

        plain.Headers.CacheControl!.ToString().ShouldContain("immutable");
        plain.Content.Headers.ContentType!.MediaType.ShouldBe("text/javascript");
        small.Content.Headers.ContentEncoding.ShouldBe(["br"]);
        small.Content.Headers.ContentLength!.Value.ShouldBeLessThan(plain.Content.Headers.ContentLength!.Value / 2);
        known.StatusCode.ShouldBe(HttpStatusCode.NotModified);
    }

    [Fact]
    public async Task The_first_load_is_under_100_KB()
    {
        string page = await _http.GetStringAsync("/", Cancellation);
        long bytes = 0;
        foreach (Match asset in Asset().Matches(page))
        {
            using var asked = new HttpRequestMessage(HttpMethod.Get, asset.Groups[1].Value);
            asked.Headers.AcceptEncoding.ParseAdd("br");
            bytes += (await _http.SendAsync(asked, Cancellation)).Content.Headers.ContentLength!.Value;
        }

        bytes.ShouldBeInRange(1000, 100_000);
    }

    [Fact]
    public async Task A_file_of_an_older_build_is_not_answered_with_the_page() =>
        (await _http.GetAsync("/ui/assets/index-00000000.js", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

    [Fact]
    public async Task Where_there_is_a_key_the_page_comes_without_it_and_is_told_to_ask()
    {
        await _host!.DisposeAsync();
        await StartAsync(key: "a-key-of-sixteen-letters");

        (await _http.GetAsync("/ui/runs", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        JsonNode session = JsonNode.Parse(await _http.GetStringAsync("/ui/session", Cancellation))!;
        session["access"]!.GetValue<string>().ShouldBe("key");
        (await _http.GetAsync("/api/openapi.json", Cancellation)).StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private async ValueTask StartAsync(string? key)
    {
        var options = new LocalHostOptions { Home = Path.GetTempPath(), ApiKey = key };
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders();
        builder.Services.AddFlowApi(builder.Configuration);
        _host = builder.Build();
        _host.MapFlowApi(options);
        _host.MapPages(options);
        await _host.StartAsync();
        _http.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(_host.Urls.First()) };
    }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [GeneratedRegex("<script(?![^>]*src=)")]
    private static partial Regex InlineScript();

    [GeneratedRegex("<script[^>]*src=\"([^\"]+)\"")]
    private static partial Regex Script();

    [GeneratedRegex("(?:src|href)=\"(/ui/assets/[^\"]+)\"")]
    private static partial Regex Asset();
}
