using System.Text.Json;
using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>A tab of the browser, with what tests ask of every page.</summary>
public sealed class Tab : IAsyncDisposable
{
    private static readonly string Axe = AxeScript();

    private readonly List<string> _faults = [];

    public Tab(IPage page)
    {
        Page = page;
        page.PageError += (_, error) => _faults.Add(error);
        page.Console += (_, line) =>
        {
            // A host that is away and an answer that says no are told by the page itself.
            if (line.Type == "error" && !line.Text.Contains("Failed to load resource", StringComparison.Ordinal))
            {
                _faults.Add(line.Text);
            }
        };
        page.Request += (_, request) => Requested.Add(request.Url);
    }

    public IPage Page { get; }

    /// <summary>Every address that the page has asked for.</summary>
    public List<string> Requested { get; } = [];

    /// <summary>Goes to an address and waits until its heading is there and nothing is being read.</summary>
    public async Task GoAsync(string address)
    {
        await Page.GotoAsync(address);
        await SettledAsync();
    }

    public async Task SettledAsync()
    {
        await Page.Locator("h1").First.WaitForAsync();
        await Assertions.Expect(Page.Locator(".loading")).ToHaveCountAsync(0, new LocatorAssertionsToHaveCountOptions { Timeout = 15_000 });
    }

    /// <summary>No script failed, nothing was against the content policy.</summary>
    public void ShouldBeWell() => _faults.ShouldBeEmpty();

    /// <summary>All rules of axe, in the page itself: the pages have no frames, so that nothing needs a second page to put results
    /// together, which costs more than the look.</summary>
    public async Task ShouldBeAccessibleAsync()
    {
        await Page.EvaluateAsync($"if (!window.axe) {{ {Axe} }}");
        JsonElement found = (await Page.EvaluateAsync(
            """
            async () => {
              const { passes, violations } = await axe.run(document, { resultTypes: ['violations'] });
              const places = nodes => nodes.slice(0, 4).map(node => `${node.target} ${node.html}`).join(' | ');
              return { passes: passes.length, violations: violations.map(one => `${one.id}: ${one.help} at ${places(one.nodes)}`) };
            }
            """))!.Value;
        found.GetProperty("passes").GetInt32().ShouldBeGreaterThan(0);
        found.GetProperty("violations").EnumerateArray().Select(one => one.GetString()).ShouldBeEmpty();
    }

    public async Task ShouldFitAsync() =>
        (await Page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(0, "the page scrolls sideways");

    public async ValueTask DisposeAsync() => await Page.Context.DisposeAsync();

    private static string AxeScript()
    {
        using var reader = new StreamReader(typeof(AxeResult).Assembly.GetManifestResourceStream("Deque.AxeCore.Commons.Resources.axe.min.js")!);
        return reader.ReadToEnd();
    }
}
