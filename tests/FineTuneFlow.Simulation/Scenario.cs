using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Simulation;

/// <summary>What a seed lets happen: runs, and what people do with them.</summary>
internal sealed record Scenario
{
    public const string Provider = "service";

    public required IReadOnlyList<ScenarioRun> Runs { get; init; }

    public required ProviderFacts Facts { get; init; }

    /// <summary>Commits of the engine after which (positive) or before which (negative) its process dies, one a life.</summary>
    public required IReadOnlyList<int> Crashes { get; init; }

    /// <summary>The same of a second host with an engine of its own, which has the second run; null: there is none.</summary>
    public IReadOnlyList<int>? OtherCrashes { get; init; }

    /// <summary>The service turns questions away.</summary>
    public bool Throttles { get; init; }

    /// <summary>The network loses a good part of the requests that make something, and people lose patience with such runs.</summary>
    public bool LosesRequests { get; init; }

    /// <summary>Steps are often delivered a second time, and a good while later.</summary>
    public bool DeliversLate { get; init; }

    /// <summary>What a deployment costs; 0: the free tier, whose deployments the service takes away after a day.</summary>
    public double HourlyUsd { get; init; }

    /// <summary>How long a champion is served before another one needs no deployment.</summary>
    public TimeSpan ServedFor { get; init; }

    /// <summary>Events for the listener, by the seconds after the start at which they are told; empty: there is no listener.</summary>
    public IReadOnlyList<TimeSpan> Told { get; init; } = [];

    /// <summary>Three labels and nothing to find out: what does not depend on faults stays as small as it can be.</summary>
    public static Recipe Base { get; } = new()
    {
        Dataset = new DatasetRecipe { Text = new("text"), Label = "label" },
        Evaluation = new EvaluationRecipe { ChunkRows = 6, MaxConcurrency = 1 },
        Budget = new BudgetRecipe { Usd = 1_000, ApproveAbove = 1_000 },
    };

    public static Scenario Draw(Chance chance)
    {
        bool azure = chance.Hits("azure", 0.4);
        bool twoHosts = chance.Hits("two hosts", 0.15);
        bool throttles = chance.Hits("throttles", 0.15);
        return new Scenario
        {
            Facts = new ProviderFacts(
                Provider, azure ? ProviderKind.AzureOpenAI : ProviderKind.OpenAI, azure, azure, 1 + chance.Below("jobs at once", 3), azure ? "azureOpenAI" : "openai")
            {
                ServedCheckpoints = 3,
            },
            Runs = [.. Enumerable.Range(0, twoHosts || chance.Hits("two runs", 0.3) ? 2 : 1).Select(i => ScenarioRun.Draw(chance, i, throttles))],
            Crashes = DrawCrashes(chance, "crash"),
            OtherCrashes = twoHosts ? DrawCrashes(chance, "other crash") : null,
            Throttles = throttles,
            LosesRequests = chance.Hits("loses requests", 0.12),
            DeliversLate = chance.Hits("delivers late", 0.12),
            HourlyUsd = chance.Hits("free tier", 0.4) ? 0 : 1.7,
            ServedFor = chance.Magnitude("served for", 600, 200_000),
            Told = chance.Hits("listener", 0.2) ? [.. Enumerable.Range(0, 6).Select(i => chance.Magnitude($"told {i}", 1, 100)).Order()] : [],
        };
    }

    private static int[] DrawCrashes(Chance chance, string what) =>
    [
        .. Enumerable.Range(0, chance.Below($"{what}es", 4)).Select(i =>
            (int)chance.Magnitude($"{what} {i} at", 1, 160).TotalSeconds * (chance.Hits($"{what} {i} before", 0.5) ? -1 : 1)),
    ];
}
