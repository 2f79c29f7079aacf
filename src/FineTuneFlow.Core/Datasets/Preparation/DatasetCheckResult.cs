using FineTuneFlow.Core.Datasets.Profiling;

namespace FineTuneFlow.Core.Datasets.Preparation;

/// <summary>What <see cref="DatasetCheck"/> found; nothing was written.</summary>
/// <param name="Source">The drop as read.</param>
/// <param name="Profile">What a preparation would give, with the findings.</param>
/// <param name="Settings">The settings in force, recognised ones filled in.</param>
/// <param name="Rows">Texts and labels of a sample, whose tokens can be counted.</param>
public sealed record DatasetCheckResult(SourceFacts Source, DatasetProfile Profile, Recipes.DatasetRecipe Settings, CheckedRows Rows);
