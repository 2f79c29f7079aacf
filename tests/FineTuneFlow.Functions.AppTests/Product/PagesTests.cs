using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Builder;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The dashboard in the Functions app: its files, who is let in by the platform's sign-in, and who is not. The functions
/// run behind their own routes, as the host maps them.</summary>
public sealed class PagesTests(Azurite azurite) : IAsyncLifetime
{
    private AppHost? _app;
    private WebApplication? _functions;
    private HttpClient _http = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_functions is not null)
        {
            await _functions.DisposeAsync();
        }

        if (_app is not null)
        {
            await _app.DisposeAsync();
        }
    }

    [Fact]
    public async Task Page_deep_link_and_session_come_without_a_key()
    {
        await StartAsync(signIn: false);

        foreach (string address in new[] { "/", "/ui/runs/reviews-1/timeline" })
        {
            using HttpResponseMessage page = await _http.GetAsync(address, Cancellation);
            page.StatusCode.ShouldBe(HttpStatusCode.OK, address);
            page.Content.Headers.ContentType!.MediaType.ShouldBe("text/html");
            page.Headers.GetValues("Content-Security-Policy").Single().ShouldNotContain("unsafe");
        }

        (await SessionAsync())["access"]!.GetValue<string>().ShouldBe("key");
    }

    [Fact]
    public async Task Without_the_platforms_sign_in_a_forged_principal_opens_nothing()
    {
        await StartAsync(signIn: false);

        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, "/ui/api/projects", PlatformPrincipal.Of());

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await SessionAsync(PlatformPrincipal.Of()))["access"]!.GetValue<string>().ShouldBe("key");
    }

    [Fact]
    public async Task With_it_whoever_is_signed_in_reads_and_changes_and_nobody_else_does()
    {
        await StartAsync(signIn: true);

        (await SessionAsync())["signIn"]!.GetValue<string>().ShouldStartWith("/.auth/login/aad");
        JsonNode session = await SessionAsync(PlatformPrincipal.Of());
        (session["access"]!.GetValue<string>(), session["api"]!.GetValue<string>(), session["name"]!.GetValue<string>()).ShouldBe(("signedIn", "/ui/api", "ana@example.org"));
        (await StatusAsync(HttpMethod.Get, "/ui/api/projects", principal: null)).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Get, "/ui/api/projects", "nonsense")).ShouldBe(HttpStatusCode.Unauthorized);
        (await StatusAsync(HttpMethod.Get, "/ui/api/projects", PlatformPrincipal.Of())).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, "/ui/api/projects/new/recipe", PlatformPrincipal.Of())).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Get, "/ui/api/nothing/there", PlatformPrincipal.Of())).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(HttpMethod.Put, "/ui/api/projects/new/recipe", PlatformPrincipal.Of())).ShouldBe(HttpStatusCode.Forbidden, "without the page's header");
        (await StatusAsync(HttpMethod.Put, "/ui/api/projects/new/recipe", PlatformPrincipal.Of(), page: true, site: "cross-site")).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Put, "/ui/api/projects/new/recipe", PlatformPrincipal.Of(), page: true, site: "same-origin")).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Another_tenants_account_and_one_without_the_role_are_refused()
    {
        await StartAsync(signIn: true, role: "Operator");

        (await StatusAsync(HttpMethod.Get, "/ui/api/projects", PlatformPrincipal.Of())).ShouldBe(HttpStatusCode.Forbidden);
        (await StatusAsync(HttpMethod.Get, "/ui/api/projects", PlatformPrincipal.Of(role: "Operator"))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(HttpMethod.Get, "/ui/api/projects", PlatformPrincipal.Of(tenant: "22222222-2222-2222-2222-222222222222", role: "Operator"))).ShouldBe(HttpStatusCode.Forbidden);
    }

    private async Task StartAsync(bool signIn, string? role = null)
    {
        _app = await AppHost.StartAsync(AppHost.SettingsFor(azurite.ConnectionString, more:
        [
            ("WEBSITE_AUTH_ENABLED", signIn ? "True" : "False"), ("WEBSITE_AUTH_AAD_ALLOWED_TENANTS", PlatformPrincipal.Tenant), ("Dashboard__Role", role),
        ]));
        _functions = await _app.ListenAsync();
        _http.Dispose();
        _http = new HttpClient { BaseAddress = new Uri(_functions.Urls.First()) };
    }

    private async Task<JsonNode> SessionAsync(string? principal = null)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, "/ui/session", principal);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync(Cancellation))!;
    }

    private async Task<HttpStatusCode> StatusAsync(HttpMethod method, string address, string? principal, bool page = false, string? site = null)
    {
        using HttpResponseMessage answer = await SendAsync(method, address, principal, page, site);
        return answer.StatusCode;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string address, string? principal, bool page = false, string? site = null)
    {
        using var request = new HttpRequestMessage(method, address);
        if (method == HttpMethod.Put)
        {
            request.Content = new StringContent("{}", Encoding.UTF8, "application/json");
        }

        foreach ((string name, string? value) in new[] { ("X-MS-CLIENT-PRINCIPAL", principal), ("X-FineTuneFlow-Page", page ? "1" : null), ("Sec-Fetch-Site", site) })
        {
            if (value is not null)
            {
                request.Headers.Add(name, value);
            }
        }

        return await _http.SendAsync(request, Cancellation);
    }
}
