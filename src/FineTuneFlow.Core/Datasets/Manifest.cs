using System.Collections.Immutable;
using System.Collections.ObjectModel;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets;

/// <summary><c>dataset/manifest.json</c>: what a preparation made, from what and how. Written last, so a folder with a
/// manifest is whole.</summary>
public sealed record Manifest
{
    public int Version { get; init; } = 1;
    public required SourceFacts Source { get; init; }
    /// <summary>The settings in force, defaults and recognised columns filled in.</summary>
    public required DatasetRecipe Settings { get; init; }
    public required LabelSet Labels { get; init; }
    public required RowCounts Rows { get; init; }
    public required ImmutableArray<ManifestFile> Files { get; init; }
    /// <summary>Weight of each class, n / (k * n_class) as scikit-learn's "balanced", on the training split before balancing.</summary>
    public IReadOnlyDictionary<string, double> ClassWeights { get; init; } = ReadOnlyDictionary<string, double>.Empty;
    /// <summary>Version of the preparation code; a change of output bytes raises it.</summary>
    public required string PreparedBy { get; init; }
}

/// <param name="Name">The drop's file name.</param>
/// <param name="Sha256">Of the bytes as dropped, lower-case hexadecimal.</param>
/// <param name="Bytes">Length as dropped.</param>
/// <param name="Format">csv or jsonl.</param>
/// <param name="Encoding">As read.</param>
/// <param name="Delimiter">As read; null for JSONL.</param>
public sealed record SourceFacts(string Name, string Sha256, long Bytes, string Format, string Encoding, string? Delimiter);

/// <summary>Every input row is in exactly one of these: Input = Filtered + Rejected + Duplicates + Conflicts + Balanced + Train + Validation + Test
/// (Balanced counts rows left out by undersampling; rows added by oversampling are in <see cref="Added"/> and not in Train).</summary>
public sealed record RowCounts
{
    public long Input { get; init; }
    public long Filtered { get; init; }
    public long Rejected { get; init; }
    public long Duplicates { get; init; }
    public long Conflicts { get; init; }
    public long Balanced { get; init; }
    public long Added { get; init; }
    public long Train { get; init; }
    public long Validation { get; init; }
    public long Test { get; init; }
}

/// <param name="Name">File name in the dataset folder.</param>
/// <param name="Split">train, validation or test.</param>
/// <param name="Form">Key of the <see cref="Training.TrainingForm"/> the file is written in, or "rows".</param>
/// <param name="Rows">Lines.</param>
/// <param name="Bytes">Length.</param>
/// <param name="Sha256">Lower-case hexadecimal.</param>
public sealed record ManifestFile(string Name, Split Split, string Form, long Rows, long Bytes, string Sha256);

public enum Split { Train, Validation, Test }
