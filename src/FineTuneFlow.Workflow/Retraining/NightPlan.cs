using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Retraining;

/// <summary>What a night would do, with what it would do it.</summary>
/// <param name="Look">What speaks for it and against it.</param>
/// <param name="Rows">The project's rows in one file.</param>
/// <param name="Recipe">By which it trains.</param>
/// <param name="Champion">The version in use.</param>
/// <param name="MovesFrom">The split that the champion was made on, where that is not the stable one.</param>
/// <param name="TellsMove">The look says what the move to the stable split means.</param>
public sealed record NightPlan(NightLook Look, BlobPath Rows, Recipe Recipe, ChampionVersion Champion, SplitMethod? MovesFrom, bool TellsMove);
