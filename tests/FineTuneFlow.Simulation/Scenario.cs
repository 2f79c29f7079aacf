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
        return new Scenario
        {
            Facts = new ProviderFacts(
                Provider, azure ? ProviderKind.AzureOpenAI : ProviderKind.OpenAI, azure, azure, 1 + chance.Below("jobs at once", 3), azure ? "azureOpenAI" : "openai"),
            Runs = [.. Enumerable.Range(0, chance.Hits("two runs", 0.3) ? 2 : 1).Select(i => ScenarioRun.Draw(chance, i))],
            Crashes =
            [
                .. Enumerable.Range(0, chance.Below("crashes", 4)).Select(i =>
                    (int)chance.Magnitude($"crash {i} at", 1, 160).TotalSeconds * (chance.Hits($"crash {i} before", 0.5) ? -1 : 1)),
            ],
        };
    }
}
