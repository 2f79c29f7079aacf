using System.Globalization;
using System.IO.Compression;
using FineTuneFlow.Dashboard.Tests;
using FineTuneFlow.Simulator;
using FineTuneFlow.Simulator.Settings;
using FineTuneFlow.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.Playwright;

namespace FineTuneFlow.Functions.AppTests.Product;

/// <summary>The pages in a real browser over the Functions app's HTTP, as somebody whom the platform has signed in: their data comes from
/// <c>/ui/api</c> alone, and a run of theirs goes from the dropped file to its comparison on Durable Functions.</summary>
[Collection(nameof(ProductTests))]
public sealed class PagesInBrowserTests(Azurite azurite, Browser browser) : IAsyncLifetime
{
    private const string Recipe = """
        { "candidates": [ { "name": "gpt", "model": "gpt-3.5-turbo", "epochs": 1 } ], "baselines": [ { "name": "linear" } ] }
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-app-pages-");
    private readonly string _project = $"b{Guid.NewGuid():N}"[..12];
    private WebApplication _simulator = null!;
    private AppHost _app = null!;
    private WebApplication _functions = null!;

    public async ValueTask InitializeAsync()
    {
        _simulator = SimulatorApp.Build(new SimulatorOptions { Urls = "http://127.0.0.1:0", State = Path.Combine(_folder.FullName, "simulator"), Speed = 200 });
        await _simulator.StartAsync();
        _app = await AppHost.StartAsync(AppHost.SettingsFor(
            azurite.ConnectionString, _simulator.Urls.Single(), ("WEBSITE_AUTH_ENABLED", "True"), ("WEBSITE_AUTH_AAD_ALLOWED_TENANTS", PlatformPrincipal.Tenant)));
        _functions = await _app.ListenAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _functions.DisposeAsync();
        await _app.DisposeAsync();
        await _simulator.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 300_000)]
    public async Task Whoever_is_signed_in_drops_a_file_compares_its_candidates_and_sees_every_page()
    {
        await using Tab tab = await browser.OpenAsync(_functions.Urls.First());
        IPage page = tab.Page;
        await page.SetExtraHTTPHeadersAsync(new Dictionary<string, string> { [PlatformPrincipal.Header] = PlatformPrincipal.Of() });

        string run = await RunAsync(tab);
        await page.GetByRole(AriaRole.Button, new() { Name = "promote linear" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Promote" }).ClickAsync();
        await Assertions.Expect(page.GetByText("linear is the champion now")).ToBeVisibleAsync();
        await EveryPageAsync(tab, run);
        await DownloadAsync(tab, run);
        await AskAsync(tab);

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

    /// <returns>The page of a run that has ended, at which one compares its candidates.</returns>
    private async Task<string> RunAsync(Tab tab)
    {
        IPage page = tab.Page;
        await tab.GoAsync("/ui/drop");
        await Assertions.Expect(page.GetByText("ana@example.org")).ToBeVisibleAsync();
        await page.GetByLabel("CSV or JSON lines").SetInputFilesAsync(Csv());
        await page.GetByLabel("Project", new() { Exact = true }).FillAsync(_project);
        await page.GetByText("A recipe for this file alone").ClickAsync();
        await page.GetByLabel("Recipe (JSON)").FillAsync(Recipe);
        await page.GetByRole(AriaRole.Button, new() { Name = "Check", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the run" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare the candidates" }).ClickAsync(new() { Timeout = 150_000 });
        await Assertions.Expect(page.Locator("table.compare")).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        return new Uri(page.Url).AbsolutePath.Replace("/compare", "", StringComparison.Ordinal);
    }

    private async Task EveryPageAsync(Tab tab, string run)
    {
        foreach ((string address, string shown) in new[]
        {
            ("/ui/runs", "table.runs"),
            (run, ".flow"),
            // Neither backend of these tests gives the recorded steps; how they are drawn is shown over the local host.
            ($"{run}/timeline", ".empty"),
            ($"{run}/history", ".empty"),
            ($"{run}/files", "table.list"),
            ($"{run}/compare?show=all&candidate=gpt&against=linear", "article.row"),
            ("/ui/projects", "table.list"),
            ($"/ui/projects/{_project}", "#versions"),
            ($"/ui/review/{_project}?source=train", ".choices"),
            ($"/ui/review/{_project}?source=unsure", ".choices"),
            ("/ui/costs", ".chart"),
            ("/ui/system", "#health"),
        })
        {
            await tab.GoAsync(address);
            await tab.Page.Locator(shown).First.WaitForAsync();
            await Assertions.Expect(tab.Page.Locator(".note.bad")).ToHaveCountAsync(0);
        }
    }

    private static async Task DownloadAsync(Tab tab, string run)
    {
        await tab.GoAsync($"{run}/files");
        IDownload download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Button, new() { Name = "Download everything" }).ClickAsync());
        download.Url.ShouldContain("/ui/api/runs/");
        // The browser saves by a request of its own, to which the page's extra headers are not added. In Azure the platform's cookie goes with it.
        using var http = new HttpClient();
        http.DefaultRequestHeaders.Add(PlatformPrincipal.Header, PlatformPrincipal.Of());
        await using Stream content = await http.GetStreamAsync(download.Url, TestContext.Current.CancellationToken);
        using var whole = new MemoryStream();
        await content.CopyToAsync(whole, TestContext.Current.CancellationToken);
        await using var archive = new ZipArchive(whole, ZipArchiveMode.Read);
        archive.Entries.Select(entry => entry.FullName).ShouldContain("report.json");
    }

    private async Task AskAsync(Tab tab)
    {
        await tab.GoAsync($"/ui/try/{_project}");
        await tab.Page.GetByLabel("Text").FillAsync("the app is excellent");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Ask" }).ClickAsync();
        await Assertions.Expect(tab.Page.Locator(".answer-label")).ToHaveTextAsync("5");
    }

    private string Csv()
    {
        string file = Path.Combine(_folder.FullName, "reviews.csv");
        string[] words = ["terrible", "bad", "okay", "good", "excellent"];
        File.WriteAllLines(file, ["review,star", .. Enumerable.Range(0, 250).Select(i => string.Create(CultureInfo.InvariantCulture, $"the app is {words[i % 5]} number {i},{(i % 5) + 1}"))]);
        return file;
    }
}
