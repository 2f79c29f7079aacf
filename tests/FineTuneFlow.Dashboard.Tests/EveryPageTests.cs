using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>What holds on every page: it can be reached by its address, read by everyone, fits every width, asks nobody but its
/// host, and breaks nothing of its own content policy.</summary>
public sealed class EveryPageTests(PagesFixture pages, Browser browser)
{
    public static TheoryData<string, string> Addresses => new()
    {
        { "/", "Runs" },
        { "/ui/runs?outcome=failed", "Runs" },
        { "/ui/runs?waiting=person", "Runs" },
        { "/ui/runs?waiting=retrying", "Runs" },
        { "/ui/runs/{ended}", "reviews" },
        { "/ui/runs/{ended}/timeline", "reviews" },
        { "/ui/runs/{ended}/history", "reviews" },
        { "/ui/runs/{ended}/files", "reviews" },
        { "/ui/runs/{ended}/compare?candidate=gpt&against=linear", "reviews: comparison" },
        { "/ui/runs/{waiting}", "priced" },
        { "/ui/projects", "Projects" },
        { "/ui/projects/reviews", "reviews" },
        { "/ui/drop", "Drop a file" },
        { "/ui/review", "Review" },
        { "/ui/review?source=train", "Review" },
        { "/ui/review?source=unsure", "Review" },
        { "/ui/try", "Try it" },
        { "/ui/try/reviews", "Try it" },
        { "/ui/costs", "Costs" },
        { "/ui/system", "System" },
        { "/ui/nothing", "Nothing here" },
    };

    [Theory(Timeout = 120_000)]
    [MemberData(nameof(Addresses))]
    public async Task A_page_is_for_everyone_in_light_and_dark_and_fits_every_screen(string address, string heading)
    {
        await using Tab tab = await browser.OpenAsync(pages.Address);
        await tab.GoAsync(At(address));
        if (heading == "System")
        {
            await Assertions.Expect(tab.Page.GetByText("days").First).ToBeVisibleAsync();
        }

        (await tab.Page.Locator("h1").InnerTextAsync()).ShouldStartWith(heading);
        await tab.ShouldBeAccessibleAsync();
        await tab.Page.EmulateMediaAsync(new PageEmulateMediaOptions { ColorScheme = ColorScheme.Dark });
        await tab.ShouldBeAccessibleAsync();
        foreach (int width in new[] { 360, 768, 2560 })
        {
            await tab.Page.SetViewportSizeAsync(width, 900);
            await tab.ShouldFitAsync();
        }

        tab.ShouldBeWell();
        tab.Requested.ShouldAllBe(url => url.StartsWith(pages.Address, StringComparison.Ordinal) || url.StartsWith("data:", StringComparison.Ordinal));
    }

    private string At(string address) => address
        .Replace("{ended}", pages.Ended, StringComparison.Ordinal)
        .Replace("{waiting}", pages.Waiting, StringComparison.Ordinal);
}
