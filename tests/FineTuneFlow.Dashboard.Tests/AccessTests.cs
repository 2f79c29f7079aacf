using System.Net;
using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>Who gets in, and what happens when the host goes away.</summary>
public sealed class AccessTests(Browser browser)
{
    [Fact(Timeout = 120_000)]
    public async Task A_host_with_a_key_is_entered_by_it_for_this_session_only()
    {
        const string key = "a-key-of-sixteen-letters";
        await using Stack stack = await Stack.StartAsync(key);
        await using Tab tab = await browser.OpenAsync(stack.Address);
        IPage page = tab.Page;

        await page.GotoAsync("/ui/projects");
        await page.GetByLabel("API key").FillAsync("a-wrong-key-of-letters");
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
        await Assertions.Expect(page.GetByText("The host has refused this key")).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        await page.GetByLabel("API key").FillAsync(key);
        await page.GetByRole(AriaRole.Button, new() { Name = "Enter" }).ClickAsync();
        await Assertions.Expect(page.GetByText("No project yet.")).ToBeVisibleAsync();
        await page.ReloadAsync();
        await Assertions.Expect(page.GetByText("No project yet.")).ToBeVisibleAsync();
        (await page.EvaluateAsync<string>("JSON.stringify(localStorage)")).ShouldNotContain(key);
        tab.Requested.ShouldAllBe(url => !url.Contains(key, StringComparison.Ordinal));

        await using Tab other = await browser.OpenAsync(stack.Address);
        await other.Page.GotoAsync("/ui/projects");
        await Assertions.Expect(other.Page.GetByLabel("API key")).ToBeVisibleAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_host_that_goes_away_is_told_and_comes_back_by_itself()
    {
        await using Stack stack = await Stack.StartAsync();
        await using Tab tab = await browser.OpenAsync(stack.Address);
        await tab.GoAsync("/");
        await Assertions.Expect(tab.Page.GetByText("No run yet.")).ToBeVisibleAsync();

        await stack.StopHostAsync();
        await Assertions.Expect(tab.Page.GetByText("The connection to the host is lost")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("No run yet.")).ToBeVisibleAsync();
        await stack.StartHostAsync();
        await Assertions.Expect(tab.Page.GetByText("The connection to the host is lost")).ToBeHiddenAsync(new() { Timeout = 40_000 });
        await stack.DropAsync("later", stack.Reviews(100), PagesFixture.Recipe);
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "later" })).ToBeVisibleAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task While_paused_nothing_is_asked()
    {
        await using Stack stack = await Stack.StartAsync();
        await using Tab tab = await browser.OpenAsync(stack.Address);
        await tab.GoAsync("/");
        await tab.Page.GetByRole(AriaRole.Switch).UncheckAsync();
        int before = tab.Requested.Count;
        await stack.DropAsync("unseen", stack.Reviews(100), PagesFixture.Recipe);
        // Two of the page's usual intervals, by the page's own clock.
        await tab.Page.WaitForFunctionAsync("start => performance.now() - start > 6000", await tab.Page.EvaluateAsync<double>("performance.now()"));
        tab.Requested.Count.ShouldBe(before);
        await tab.Page.GetByRole(AriaRole.Switch).CheckAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "unseen" })).ToBeVisibleAsync();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_page_from_elsewhere_may_change_nothing()
    {
        await using Stack stack = await Stack.StartAsync();
        foreach ((string header, string value) in new[] { ("Origin", "https://elsewhere.example"), ("Sec-Fetch-Site", "cross-site") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "projects/reviews/recipe") { Content = new StringContent("{}") };
            request.Headers.Add(header, value);
            using HttpResponseMessage response = await stack.Http.SendAsync(request);
            response.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task A_run_whose_provider_refuses_says_what_to_do()
    {
        await using Stack stack = await Stack.StartAsync();
        using var fault = new StringContent("""{ "rules": [ { "match": "POST /v1/files", "action": "unauthorized" } ] }""", System.Text.Encoding.UTF8, "application/json");
        (await stack.Simulator.PutAsync("/simulator/faults", fault)).EnsureSuccessStatusCode();
        string runId = await stack.DropAsync("refused", stack.Reviews(200), PagesFixture.Recipe);
        Workflow.Runs.RunView run = await stack.UntilAsync(runId, one => one.EndedAt is not null);
        await using Tab tab = await browser.OpenAsync(stack.Address);

        await tab.GoAsync($"/ui/runs/{runId}");

        await Assertions.Expect(tab.Page.GetByText("Failed", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText(run.Failure!.Remedy!).First).ToBeVisibleAsync();
        await tab.GoAsync($"/ui/runs/{runId}/history?failed=true");
        await Assertions.Expect(tab.Page.Locator("tr.failed").First).ToBeVisibleAsync();
    }
}
