using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.Json;
using FineTuneFlow.Dashboard.Tests;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Logging;
using Microsoft.Playwright;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The pages in a real browser over the Functions app's HTTP, as somebody whom the platform has signed in: their data comes from
/// <c>/ui/api</c> alone, and a run of theirs goes from the dropped file to its comparison on Durable Functions.</summary>
[Collection(nameof(ProductTests))]
public sealed class PagesInBrowserTests(Azurite azurite, Browser browser) : IAsyncLifetime
{
    private const string Tenant = "11111111-1111-1111-1111-111111111111";
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-app-pages-");
    private WebApplication _simulator = null!;
    private AppHost _app = null!;
    private WebApplication _functions = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(_folder.FullName, "simulator"), Speed = 50 });
        await _simulator.StartAsync();
        _app = await AppHost.StartAsync(new Dictionary<string, string?>
        {
            ["TASKHUB_NAME"] = "Tests",
            ["NightlySchedule"] = "0 0 2 * * *",
            ["Datasets"] = azurite.ConnectionString,
            ["Providers__simulator__Kind"] = "simulator",
            ["Providers__simulator__BaseAddress"] = _simulator.Urls.Single() + "/v1/",
            ["Providers__simulator__Key"] = "test-key",
            ["WEBSITE_AUTH_ENABLED"] = "True",
            ["WEBSITE_AUTH_AAD_ALLOWED_TENANTS"] = Tenant,
        });
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Configuration["urls"] = "http://127.0.0.1:0";
        builder.Logging.ClearProviders();
        _functions = builder.Build();
        foreach (MethodInfo function in AppHost.Functions)
        {
            if (function.GetParameters()[0].GetCustomAttribute<HttpTriggerAttribute>() is { } trigger)
            {
                _functions.MapMethods($"/{trigger.Route}", trigger.Methods!, (Delegate)(async (HttpContext http) => await _app.AnswerAsync(function, http)));
            }
        }

        await _functions.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _functions.DisposeAsync();
        await _app.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 240_000)]
    public async Task Whoever_is_signed_in_drops_a_file_and_compares_its_candidates()
    {
        string project = $"b{Guid.NewGuid():N}"[..12];
        await using Tab tab = await browser.OpenAsync(_functions.Urls.First());
        await tab.Page.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { ["X-MS-CLIENT-PRINCIPAL"] = Principal() });

        await tab.GoAsync("/ui/drop");
        await Assertions.Expect(tab.Page.GetByText("ana@example.org")).ToBeVisibleAsync();
        await tab.Page.GetByLabel("CSV or JSON lines").SetInputFilesAsync(Csv());
        await tab.Page.GetByLabel("Project", new() { Exact = true }).FillAsync(project);
        await tab.Page.GetByText("A recipe for this file alone").ClickAsync();
        await tab.Page.GetByLabel("Recipe (JSON)").FillAsync(
            """{ "candidates": [ { "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 } ], "baselines": [ { "name": "linear" } ] }""");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Check", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start the run" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Link, new() { Name = "Compare the candidates" }).ClickAsync(new() { Timeout = 150_000 });
        await Assertions.Expect(tab.Page.Locator("table.compare")).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        string run = new Uri(tab.Page.Url).AbsolutePath.Replace("/compare", "", StringComparison.Ordinal);

        foreach ((string address, string shown) in new[]
        {
            ($"{run}/compare?show=all", "article.row"), (run, ".flow"),
        })
        {
            await tab.GoAsync(address);
            await tab.Page.Locator(shown).First.WaitForAsync();
        }

        tab.ShouldBeWell();
        tab.Requested.Select(url => new Uri(url).AbsolutePath).ShouldAllBe(path => !path.StartsWith("/api/", StringComparison.Ordinal), "the pages need no key");
    }

    [Fact(Timeout = 60_000)]
    public async Task Whoever_is_not_signed_in_sees_the_way_in_and_nothing_else()
    {
        await using Tab tab = await browser.OpenAsync(_functions.Urls.First());
        await tab.Page.GotoAsync("/ui/projects");
        ILocator link = tab.Page.GetByRole(AriaRole.Link, new() { Name = "Sign in" });
        await Assertions.Expect(link).ToHaveAttributeAsync("href", "/.auth/login/aad?post_login_redirect_uri=%2Fui%2Fprojects");
        await tab.ShouldBeAccessibleAsync();
        tab.Requested.ShouldAllBe(url => !url.Contains("/api/", StringComparison.Ordinal));
    }

    private string Csv()
    {
        string file = Path.Combine(_folder.FullName, "reviews.csv");
        string[] words = ["terrible", "bad", "okay", "good", "excellent"];
        File.WriteAllLines(file, ["review,star", .. Enumerable.Range(0, 250).Select(i => string.Create(CultureInfo.InvariantCulture, $"the app is {words[i % 5]} number {i},{(i % 5) + 1}"))]);
        return file;
    }

    /// <summary>As App Service writes it.</summary>
    private static string Principal() => Convert.ToBase64String(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(new
    {
        auth_typ = "aad",
        claims = new[] { new { typ = "preferred_username", val = "ana@example.org" }, new { typ = "http://schemas.microsoft.com/identity/claims/tenantid", val = Tenant } },
        name_typ = "name",
        role_typ = "roles",
    })));
}
