using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Reports;

/// <summary>What the figures were made from and how: enough to make them again.</summary>
public sealed record Provenance
{
    /// <summary>The drop.</summary>
    public required SourceFacts Source { get; init; }
    public required RowCounts Rows { get; init; }
    /// <summary>Every dataset file with its hash.</summary>
    public required ImmutableArray<ManifestFile> Files { get; init; }
    /// <summary>Version of the code that prepared the data.</summary>
    public required string PreparedBy { get; init; }
    /// <summary>Version of the code that made the report.</summary>
    public required string ReportedBy { get; init; }
    /// <summary>SHA-256 of the recipe below as compact JSON.</summary>
    public required string RecipeSha256 { get; init; }
    public required Recipe Recipe { get; init; }
    /// <summary>Dataset settings in force, defaults and recognised columns filled in.</summary>
    public required DatasetRecipe Settings { get; init; }
    public required int Resamples { get; init; }
    public required ulong BootstrapSeed { get; init; }
    public required ImmutableArray<StageTime> Stages { get; init; }
}
