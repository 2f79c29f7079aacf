using FineTuneFlow.Workflow.Runs;

[assembly: AssemblyFixture(typeof(FineTuneFlow.Dashboard.Tests.PagesFixture))]

namespace FineTuneFlow.Dashboard.Tests;

/// <summary>A stack with something to see on every page, one for all tests: a run that has ended, one that waits for an approval, and a
/// refused file.</summary>
public sealed class PagesFixture : IAsyncLifetime
{
    /// <summary>Two candidates, one of which continues the other, and the linear baseline.</summary>
    public const string Recipe = """
        { "dataset": { "text": ["review_title", "review"], "label": "stars", "labels": { "order": ["1","2","3","4","5"], "good": ["4","5"] } },
          "candidates": [
            { "name": "babbage-1", "provider": "simulator", "model": "babbage-002", "epochs": 1 },
            { "name": "gpt", "provider": "simulator", "model": "gpt-3.5-turbo", "epochs": 2 } ],
          "baselines": [ { "name": "linear" } ] }
        """;

    /// <summary>The same, above the limit from which it needs an approval.</summary>
    public static readonly string Priced = Recipe.Replace(
        "\"candidates\"", "\"budget\": { \"usd\": 100, \"approveAbove\": 0.0001 }, \"candidates\"", StringComparison.Ordinal);

    internal Stack Stack { get; private set; } = null!;

    /// <summary>Has ended with a report.</summary>
    public string Ended { get; private set; } = "";

    /// <summary>Waits for an approval.</summary>
    public string Waiting { get; private set; } = "";

    public string Address => Stack.Address;

    public async ValueTask InitializeAsync()
    {
        Stack = await Stack.StartAsync();
        Ended = await Stack.DropAsync("reviews", Stack.Reviews(1500), Recipe);
        Waiting = await Stack.DropAsync("priced", Stack.Reviews(400, "priced.csv", seed: 7), Priced);
        await Stack.UntilAsync(Waiting, run => run.NeedsApproval);
        RunView ended = await Stack.UntilAsync(Ended, run => run.EndedAt is not null);
        ended.Outcome.ShouldBe(RunOutcome.Succeeded, ended.Failure?.ToString());
    }

    public ValueTask DisposeAsync() => Stack.DisposeAsync();
}
