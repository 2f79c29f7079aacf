using System.Net;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>Who gets in, and what happens when the host goes away.</summary>
public sealed class AccessTests(PagesFixture pages, Browser browser)
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

    [Fact(Timeout = 180_000)]
    public async Task A_host_that_is_killed_comes_back_the_run_goes_on_and_the_timeline_says_so()
    {
        await using Stack stack = await Stack.StartAsync(asProcess: true);
        using var fault = new StringContent(
            """{ "rules": [ { "match": "POST /v1/fine_tuning/jobs", "action": "lostAnswer", "calls": [1] } ] }""", System.Text.Encoding.UTF8, "application/json");
        (await stack.Simulator.PutAsync("/simulator/faults", fault)).EnsureSuccessStatusCode();
        string runId = await stack.DropAsync("killed", stack.Reviews(300), PagesFixture.Priced);
        await stack.UntilAsync(runId, run => run.NeedsApproval);
        await using Tab tab = await browser.OpenAsync(stack.Address);
        await tab.GoAsync($"/ui/runs/{runId}");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeVisibleAsync();

        await stack.KillProcessAsync();
        await Assertions.Expect(tab.Page.GetByText("The connection to the host is lost")).ToBeVisibleAsync();
        await stack.StartProcessAsync();
        await Assertions.Expect(tab.Page.GetByText("The connection to the host is lost")).ToBeHiddenAsync(new() { Timeout = 40_000 });
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await tab.Page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        (await stack.UntilAsync(runId, run => run.EndedAt is not null)).Outcome.ShouldBe(RunOutcome.Succeeded);

        await tab.GoAsync($"/ui/runs/{runId}/timeline");
        await Assertions.Expect(tab.Page.GetByText("The host began anew")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("Adopted the job")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.Locator(".mark-line.restart").First).ToBeAttachedAsync();
        await Assertions.Expect(tab.Page.GetByLabel("Money: quoted", new() { Exact = false })).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        tab.ShouldBeWell();
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
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync("/");
        await tab.Page.GetByRole(AriaRole.Switch).UncheckAsync();
        int before = tab.Requested.Count;
        await pages.Stack.DropAsync("unseen", pages.Stack.Reviews(100, "unseen.csv"), PagesFixture.Recipe);
        // Two of the page's usual intervals, by the page's own clock.
        await tab.Page.WaitForFunctionAsync("start => performance.now() - start > 6000", await tab.Page.EvaluateAsync<double>("performance.now()"));
        tab.Requested.Count.ShouldBe(before);
        await tab.Page.GetByRole(AriaRole.Switch).CheckAsync();
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "unseen" })).ToBeVisibleAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_page_from_elsewhere_may_change_nothing()
    {
        Stack stack = pages.Stack;
        string waiting = pages.Waiting;
        await using Tab elsewhere = await browser.OpenAsync(stack.Address);
        // Another origin on the same machine, from which a browser sends simple requests without asking.
        await elsewhere.Page.GotoAsync(new Uri(stack.Simulator.BaseAddress!, "/v1/models").ToString());
        await elsewhere.Page.EvaluateAsync(
            "address => fetch(address, { method: 'POST', mode: 'no-cors', body: '{}', headers: { 'content-type': 'text/plain' } }).catch(() => undefined)",
            $"{stack.Address}/api/runs/{waiting}/cancel");
        (await stack.UntilAsync(waiting, _ => true)).NeedsApproval.ShouldBeTrue("a foreign page has cancelled a run");
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
        RunView run = await stack.UntilAsync(runId, one => one.EndedAt is not null);
        await using Tab tab = await browser.OpenAsync(stack.Address);

        await tab.GoAsync($"/ui/runs/{runId}");

        await Assertions.Expect(tab.Page.GetByText("Failed", new() { Exact = true }).First).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText(run.Failure!.Remedy!).First).ToBeVisibleAsync();
        await tab.GoAsync($"/ui/runs/{runId}/history?failed=true");
        await Assertions.Expect(tab.Page.Locator("tr.failed").First).ToBeVisibleAsync();
        await tab.GoAsync("/ui/system");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = runId })).ToBeVisibleAsync();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_run_whose_provider_fails_for_a_while_is_found_among_those_that_try_again()
    {
        await using Stack stack = await Stack.StartAsync();
        using var fault = new StringContent("""{ "rules": [ { "match": "POST /v1/files", "action": "unavailable" } ] }""", System.Text.Encoding.UTF8, "application/json");
        (await stack.Simulator.PutAsync("/simulator/faults", fault)).EnsureSuccessStatusCode();
        string runId = await stack.DropAsync("stubborn", stack.Reviews(200), PagesFixture.Recipe);
        await stack.UntilAsync(runId, one => one.IsRetrying);
        await using Tab tab = await browser.OpenAsync(stack.Address);

        await tab.GoAsync("/ui/runs?waiting=retrying");

        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Link, new() { Name = "stubborn" })).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("is tried again")).ToBeVisibleAsync();
        tab.ShouldBeWell();
    }
}
