using System.IO.Compression;
using System.Text.Json.Nodes;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>What can be done on the pages, done by clicking: each says before what it will do, and the host keeps who did it.</summary>
public sealed class ActionsTests(PagesFixture pages, Browser browser)
{
    [Fact(Timeout = 180_000)]
    public async Task A_run_is_suspended_resumed_rejected_and_run_again()
    {
        string runId = await WaitingAsync("steered", 11);
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync($"/ui/runs/{runId}");

        await DoAsync(tab, "Suspend", "Suspend", "Nothing new is started");
        await pages.Stack.UntilAsync(runId, run => run.Status == InstanceStatus.Suspended);
        await DoAsync(tab, "Resume", "Resume", "goes on from where it stopped");
        await pages.Stack.UntilAsync(runId, run => run.NeedsApproval);
        await DoAsync(tab, "Reject", "Reject", "Nothing has been spent", name: "Ben", comment: "too early");
        RunView rejected = await pages.Stack.UntilAsync(runId, run => run.EndedAt is not null);

        rejected.Outcome.ShouldBe(RunOutcome.Rejected);
        (rejected.Approval!.By, rejected.Approval.Comment).ShouldBe(("Ben", "too early"));
        await Assertions.Expect(tab.Page.GetByText("rejected by")).ToBeVisibleAsync();
        await DoAsync(tab, "Rerun", "Rerun", "with a new quote");
        await Assertions.Expect(tab.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex($"{runId}_2$"));
        await CancelAsync(tab, $"{runId}_2");
        tab.ShouldBeWell();
    }

    [Fact(Timeout = 180_000)]
    public async Task A_champion_is_rolled_back_with_name_and_reason()
    {
        string file = pages.Stack.Reviews(300, "rolled.csv", seed: 5);
        string runId = await pages.Stack.DropAsync("rolled", file, PagesFixture.Recipe);
        (await pages.Stack.UntilAsync(runId, run => run.EndedAt is not null)).HasReport.ShouldBeTrue();
        await pages.Stack.PromoteAsync("rolled", runId, "linear");
        await pages.Stack.PromoteAsync("rolled", runId, "gpt");
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync("/ui/projects/rolled");

        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).First.ClickAsync();
        ILocator dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByText("Nothing is deleted")).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        await dialog.GetByLabel("Your name").FillAsync("Cleo");
        await dialog.GetByLabel("Reason").FillAsync("it was slower");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Roll back" }).ClickAsync();

        await Assertions.Expect(tab.Page.GetByText("it was slower").First).ToBeVisibleAsync();
        (await pages.Stack.Http.GetStringAsync("projects/rolled/models")).ShouldContain("it was slower");
        await Assertions.Expect(tab.Page.GetByRole(AriaRole.Heading, new() { Name = "Champions over time" })).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "What would a night do now?" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("A night would start no run now.")).ToBeVisibleAsync();
        await Assertions.Expect(tab.Page.GetByText("The reason:")).ToBeVisibleAsync();
        tab.ShouldBeWell();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_recipe_is_checked_while_it_is_typed_and_completed_from_the_schema()
    {
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync("/ui/projects/reviews");
        ILocator editor = tab.Page.GetByLabel("Recipe (JSON)");

        await editor.FillAsync("{\n  \"dataset\": { \"lable\": \"stars\" }\n}");
        ILocator errors = tab.Page.GetByLabel("Errors in the recipe");
        await Assertions.Expect(errors.GetByText("lable")).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        await errors.GetByRole(AriaRole.Button, new() { Name = "Line 2" }).ClickAsync();
        (await editor.EvaluateAsync<string>("area => area.value.slice(area.selectionStart, area.selectionEnd)")).ShouldContain("lable");
        await editor.FillAsync("{ \"budget\": { ");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "approveAbove", Exact = true }).ClickAsync();
        await Assertions.Expect(editor).ToHaveValueAsync("{ \"budget\": { \"approveAbove\": ");
        await editor.FillAsync("{ \"budget\": { \"approveAbove\": 3 } }");
        await Assertions.Expect(tab.Page.GetByText("No error")).ToBeVisibleAsync();
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Check and keep" }).ClickAsync();
        await Assertions.Expect(tab.Page.GetByText("Kept. It counts from the next drop on.")).ToBeVisibleAsync();
        tab.ShouldBeWell();
    }

    [Fact(Timeout = 120_000)]
    public async Task The_holdout_is_corrected_by_keyboard_and_changed_by_a_decision()
    {
        await using Tab tab = await browser.OpenAsync(pages.Address);
        IPage page = tab.Page;
        await tab.GoAsync($"/ui/review?source=unsure&run={pages.Ended}");
        await page.GetByLabel("Your name").FillAsync("Ana");
        string now = await page.Locator(".choices .is-now kbd").InnerTextAsync();
        await page.Locator("h1").ClickAsync();

        await page.Keyboard.PressAsync(now == "1" ? "2" : "1");
        await page.GetByRole(AriaRole.Button, new() { Name = "Change the holdout" }).ClickAsync();
        ILocator dialog = page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByText("not the same exam")).ToBeVisibleAsync();
        await dialog.GetByLabel("Reason").FillAsync("misread by everybody");
        await tab.ShouldBeAccessibleAsync();
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Change it" }).ClickAsync();

        await Assertions.Expect(page.GetByText("misread by everybody")).ToBeVisibleAsync();
        await tab.ShouldBeAccessibleAsync();
        await page.GetByRole(AriaRole.Button, new() { Name = "take back" }).ClickAsync();
        await page.GetByRole(AriaRole.Dialog).GetByRole(AriaRole.Button, new() { Name = "Take it back" }).ClickAsync();
        await Assertions.Expect(page.GetByText("misread by everybody")).ToBeHiddenAsync();
        tab.ShouldBeWell();
    }

    [Fact(Timeout = 120_000)]
    public async Task A_judged_row_is_relabelled_where_it_is_seen()
    {
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync($"/ui/runs/{pages.Ended}/compare?show=all");
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = "relabel row" }).First.ClickAsync();
        ILocator dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await dialog.GetByLabel("The right label").SelectOptionAsync("3");
        await dialog.GetByLabel("Your name").FillAsync("Dora");
        await dialog.GetByRole(AriaRole.Button, new() { Name = "Keep the correction" }).ClickAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync();
        (await pages.Stack.Http.GetStringAsync($"runs/{pages.Ended}/corrections")).ShouldContain("\"by\":\"Dora\"");
        tab.ShouldBeWell();
    }

    [Fact(Timeout = 120_000)]
    public async Task All_files_of_a_run_come_as_one_archive()
    {
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync($"/ui/runs/{pages.Ended}/files");

        IDownload download = await tab.Page.RunAndWaitForDownloadAsync(() => tab.Page.GetByRole(AriaRole.Button, new() { Name = "Download everything" }).ClickAsync());

        download.SuggestedFilename.ShouldBe($"{pages.Ended}.zip");
        await using ZipArchive archive = await ZipFile.OpenReadAsync(await download.PathAsync(), TestContext.Current.CancellationToken);
        JsonNode listed = JsonNode.Parse(await pages.Stack.Http.GetStringAsync($"runs/{pages.Ended}/artifacts"))!;
        // Corrections of other tests may come and go meanwhile.
        archive.Entries.Select(entry => (entry.FullName, entry.Length)).Where(entry => !entry.FullName.Contains("corrections", StringComparison.Ordinal)).ShouldBe(
            listed["files"]!.AsArray().Select(file => (file!["path"]!.GetValue<string>(), file["bytes"]!.GetValue<long>()))
                .Where(file => !file.Item1.Contains("corrections", StringComparison.Ordinal)));
        await using Stream entry = await archive.GetEntry("report.json")!.OpenAsync(TestContext.Current.CancellationToken);
        (await JsonNode.ParseAsync(entry))!["runId"]!.GetValue<string>().ShouldBe(pages.Ended);
        tab.ShouldBeWell();
    }

    [Fact(Timeout = 180_000)]
    public async Task Texts_that_run_from_right_to_left_do_so_everywhere_and_long_labels_fit()
    {
        string file = Path.Combine(pages.Stack.Folder, "rtl.csv");
        string[] good = ["ممتاز جدا", "رائع ومفيد"];
        string[] bad = ["سيء للغاية", "لا يعمل ابدا"];
        await File.WriteAllLinesAsync(
            file,
            ["text,label", .. Enumerable.Range(0, 240).Select(i => i % 2 == 0 ? $"\"هذا التطبيق {good[i / 2 % 2]} رقم {i}\",جيد ويستحق ان يجربه كل من يبحث عن تطبيق يعمل بلا انقطاع طوال اليوم" : $"\"هذا التطبيق {bad[i / 2 % 2]} رقم {i}\",سيئ")]);
        string runId = await pages.Stack.DropAsync("rtl", file, """{ "candidates": [], "baselines": [ { "name": "linear" } ] }""");
        (await pages.Stack.UntilAsync(runId, run => run.EndedAt is not null)).HasReport.ShouldBeTrue();
        await using Tab tab = await browser.OpenAsync(pages.Address);
        foreach ((string address, string text) in new[]
        {
            ($"/ui/runs/{runId}/compare?show=all", ".row-text"), ($"/ui/review?source=train&run={runId}", ".review-text"), ($"/ui/review?source=train&run={runId}", ".choices button span[dir]"),
        })
        {
            await tab.GoAsync(address);
            ILocator shown = tab.Page.Locator(text).First;
            await shown.WaitForAsync();
            (await shown.EvaluateAsync<string>("node => getComputedStyle(node).direction")).ShouldBe("rtl", $"{text} at {address}");
            await tab.ShouldBeAccessibleAsync();
            await tab.Page.SetViewportSizeAsync(360, 900);
            await tab.ShouldFitAsync();
            await tab.Page.SetViewportSizeAsync(1400, 900);
        }

        tab.ShouldBeWell();
    }

    private async Task<string> WaitingAsync(string project, int seed)
    {
        string runId = await pages.Stack.DropAsync(project, pages.Stack.Reviews(200, $"{project}.csv", seed), PagesFixture.Priced);
        await pages.Stack.UntilAsync(runId, run => run.NeedsApproval);
        return runId;
    }

    private async Task CancelAsync(Tab tab, string runId)
    {
        await pages.Stack.UntilAsync(runId, run => run.NeedsApproval);
        await DoAsync(tab, "Cancel", "Cancel the run", "What has been spent until now stays spent", name: "Ben");
        (await pages.Stack.UntilAsync(runId, run => run.EndedAt is not null)).Outcome.ShouldBe(RunOutcome.Cancelled);
        await Assertions.Expect(tab.Page.GetByText("Cancelled", new() { Exact = true }).First).ToBeVisibleAsync();
    }

    /// <summary>Clicks, reads what it would do, and does it.</summary>
    private static async Task DoAsync(Tab tab, string button, string verb, string consequence, string? name = null, string? comment = null)
    {
        await tab.Page.GetByRole(AriaRole.Button, new() { Name = button, Exact = true }).ClickAsync();
        ILocator dialog = tab.Page.GetByRole(AriaRole.Dialog);
        await Assertions.Expect(dialog.GetByText(consequence)).ToBeVisibleAsync();
        if (name is not null)
        {
            await dialog.GetByLabel("Your name").FillAsync(name);
        }

        if (comment is not null)
        {
            await dialog.GetByLabel("Comment").FillAsync(comment);
        }

        await dialog.GetByRole(AriaRole.Button, new() { Name = verb, Exact = true }).ClickAsync();
        await Assertions.Expect(dialog).ToBeHiddenAsync();
    }
}
