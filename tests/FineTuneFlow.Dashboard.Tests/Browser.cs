using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(FineTuneFlow.Dashboard.Tests.Browser))]

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>Debian's Chromium, driven by Playwright. Where there is none, the tests that need one are skipped and say so.</summary>
public sealed class Browser : IAsyncLifetime
{
    private static readonly string[] Places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    private IPlaywright? _playwright;
    private IBrowser? _browser;

    public async ValueTask InitializeAsync()
    {
        if (Places.FirstOrDefault(File.Exists) is not { } program)
        {
            return;
        }

        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions
        {
            ExecutablePath = program,
            // What a browser asks of the world by itself would only fail here; root needs it without its sandbox.
            Args =
            [
                "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
                "--disable-sync",
            ],
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
        {
            await _browser.DisposeAsync();
        }

        _playwright?.Dispose();
    }

    /// <summary>A page of its own, in a fresh session, that records what goes wrong in it.</summary>
    public async Task<Tab> OpenAsync(string address, int width = 1400, ColorScheme scheme = ColorScheme.Light)
    {
        Assert.SkipWhen(_browser is null, "there is no chromium: apt-get install chromium");
        IBrowserContext context = await _browser!.NewContextAsync(new BrowserNewContextOptions
        {
            BaseURL = address,
            ViewportSize = new ViewportSize { Width = width, Height = width < 500 ? 844 : 900 },
            ColorScheme = scheme,
            ReducedMotion = ReducedMotion.Reduce,
            Locale = "en-GB",
            TimezoneId = "Europe/Vienna",
        });
        context.SetDefaultTimeout(20_000);
        return new Tab(await context.NewPageAsync());
    }
}
