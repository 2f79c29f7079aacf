using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>The screens in <c>docs/dashboard.md</c>, made from a real run. With <c>FTF_WRITE_SCREENS=1</c> they are written anew;
/// otherwise the pages are opened as they are shown there, and every screen must be there and be small.</summary>
public sealed class ScreensTests(PagesFixture pages, Browser browser)
{
    private const long MostBytes = 1_000_000;

    public static TheoryData<string, string, string> Screens => new()
    {
        { "runs", "/ui/runs", "table.runs" },
        { "run", "/ui/runs/{ended}", ".flow" },
        { "timeline", "/ui/runs/{ended}/timeline", ".timeline" },
        { "comparison", "/ui/runs/{ended}/compare?candidate=gpt&against=linear", "table.compare" },
        { "projects", "/ui/projects/reviews", "#versions" },
        { "drop", "/ui/drop", ".dropzone" },
        { "review", "/ui/review?run={ended}", ".choices" },
        { "try", "/ui/try/reviews", "textarea" },
        { "costs", "/ui/costs", ".chart" },
        { "system", "/ui/system", "#health" },
    };

    private static string Folder => Path.Combine(Root(), "docs", "screens");

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Screens))]
    public async Task A_page_looks_as_it_is_shown(string name, string address, string holds)
    {
        await using Tab tab = await browser.OpenAsync(pages.Address, scheme: name is "timeline" or "costs" ? ColorScheme.Dark : ColorScheme.Light);
        await tab.GoAsync(address.Replace("{ended}", pages.Ended, StringComparison.Ordinal));
        await tab.Page.Locator(holds).First.WaitForAsync();
        if (name == "try")
        {
            await tab.Page.GetByLabel("Text").FillAsync("Five stars, works offline and the new search is great.");
            await tab.Page.GetByRole(AriaRole.Button, new() { Name = "Ask" }).ClickAsync();
            await tab.Page.Locator(".answer-label").WaitForAsync();
        }

        string file = Path.Combine(Folder, $"{name}.jpg");
        if (Environment.GetEnvironmentVariable("FTF_WRITE_SCREENS") == "1")
        {
            await tab.Page.ScreenshotAsync(new PageScreenshotOptions { Path = file, Type = ScreenshotType.Jpeg, Quality = 72 });
        }

        File.Exists(file).ShouldBeTrue($"{file} is missing; FTF_WRITE_SCREENS=1 makes it");
        (await File.ReadAllTextAsync(Path.Combine(Root(), "docs", "dashboard.md"))).ShouldContain($"screens/{name}.jpg");
    }

    [Fact]
    public void The_screens_are_small_together() =>
        Directory.GetFiles(Folder, "*.jpg").Sum(file => new FileInfo(file).Length).ShouldBeInRange(1, MostBytes);

    private static string Root()
    {
        DirectoryInfo? at = new(AppContext.BaseDirectory);
        while (at is not null && !File.Exists(Path.Combine(at.FullName, "FineTuneFlow.sln")))
        {
            at = at.Parent;
        }

        return at!.FullName;
    }
}
