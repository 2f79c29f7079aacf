using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Api.Datasets;

/// <summary>What a check tells of a drop, over HTTP and by <c>ftf check --json</c>.</summary>
/// <param name="Profile">What is in it, and what should be corrected.</param>
/// <param name="Settings">The settings in force, recognised columns filled in.</param>
/// <param name="Quote">What the recipe would cost on it.</param>
public sealed record DatasetCheckAnswer(SourceFacts Source, DatasetProfile Profile, DatasetRecipe Settings, Quote Quote);
