using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>The way of somebody who has never opened a terminal: from a file to a champion that answers.</summary>
public sealed class NewUserTests(Browser browser)
{
    private const string Recipe = """
        { "budget": { "usd": 100, "approveAbove": 0.0001 },
          "candidates": [ { "name": "gpt", "provider": "simulator", "model": "gpt-3.5-turbo", "epochs": 1 } ],
          "baselines": [ { "name": "linear" } ] }
        """;

    [Fact(Timeout = 240_000)]
    public async Task A_file_is_dropped_approved_watched_compared_corrected_promoted_and_tried()
    {
        await using Stack stack = await Stack.StartAsync();
        string file = stack.Reviews(900);
        await using Tab tab = await browser.OpenAsync(stack.Address);
        IPage page = tab.Page;

        await tab.GoAsync("/");
        await page.GetByRole(AriaRole.Link, new() { Name = "Drop a CSV of labelled texts" }).ClickAsync();
        await page.GetByLabel("CSV or JSON lines").SetInputFilesAsync(file);
        await page.GetByLabel("Project", new() { Exact = true }).FillAsync("reviews");
        await page.GetByText("A recipe for this file alone").ClickAsync();
        await page.GetByLabel("Recipe (JSON)").FillAsync(Recipe);
        await page.GetByRole(AriaRole.Button, new() { Name = "Check", Exact = true }).ClickAsync();
        await Assertions.Expect(page.GetByText("will wait for an approval")).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start the run" }).ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Start", Exact = true }).ClickAsync();

        await Assertions.Expect(page.GetByRole(AriaRole.Button, new() { Name = "Approve" })).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await tab.GoAsync("/ui/runs?waiting=service");
        await Assertions.Expect(page.GetByText("No run matches this filter.")).ToBeVisibleAsync();
        await tab.GoAsync("/ui/runs?waiting=person");
        await page.GetByRole(AriaRole.Link, new() { Name = "reviews" }).First.ClickAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.GetByLabel("Your name").FillAsync("Ana");
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Approve" }).ClickAsync();
        await page.GetByRole(AriaRole.Link, new() { Name = "Compare the candidates" }).ClickAsync(new() { Timeout = 120_000 });

        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "reviews: comparison" })).ToBeVisibleAsync();
        string runId = page.Url.Split("/runs/")[1].Split('/')[0];
        await Assertions.Expect(page.Locator("article.row").First).ToBeVisibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "promote linear" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Promote" }).ClickAsync();
        await Assertions.Expect(page.GetByText("linear is the champion now")).ToBeVisibleAsync();

        await CorrectByKeyboardAsync(tab, stack, runId);
        await TryAsync(tab);
        tab.ShouldBeWell();
    }

    private static async Task CorrectByKeyboardAsync(Tab tab, Stack stack, string runId)
    {
        IPage page = tab.Page;
        await tab.GoAsync("/ui/review?source=train");
        ILocator now = page.Locator(".choices .is-now");
        await now.WaitForAsync();
        int label = int.Parse(await now.Locator("kbd").InnerTextAsync(), System.Globalization.CultureInfo.InvariantCulture);
        await page.Locator("h1").ClickAsync();
        await page.Keyboard.PressAsync(label == 1 ? "2" : "1");
        await Assertions.Expect(page.GetByText("1 correction of this run will join")).ToBeVisibleAsync();
        (await stack.Http.GetStringAsync($"runs/{runId}/corrections")).ShouldContain("\"by\":\"Ana\"");
        await page.Keyboard.PressAsync("u");
        await Assertions.Expect(page.GetByText("0 corrections of this run will join")).ToBeVisibleAsync();
    }

    private static async Task TryAsync(Tab tab)
    {
        IPage page = tab.Page;
        await tab.GoAsync("/ui/try/reviews");
        await page.GetByLabel("Text").FillAsync("It crashes all the time and nobody answers.");
        await page.GetByRole(AriaRole.Button, new() { Name = "Ask" }).ClickAsync();
        await Assertions.Expect(page.Locator(".answer-label")).ToHaveTextAsync(new System.Text.RegularExpressions.Regex("^[1-5]$"));
        await Assertions.Expect(page.Locator("table.bars tr")).ToHaveCountAsync(5);
    }
}
