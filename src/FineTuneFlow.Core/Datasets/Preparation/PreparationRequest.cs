using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Datasets.Preparation;

/// <summary>What <see cref="DatasetPreparation"/> is asked to do.</summary>
public sealed record PreparationRequest
{
    /// <summary>The drop's name as the user knows it; errors and the manifest show it.</summary>
    public required string SourceName { get; init; }

    /// <summary>Opens the drop from its first byte. A forward-only stream will do; it is opened a second time where columns must be
    /// told by the values of the whole file.</summary>
    public required Func<Stream> Open { get; init; }

    public DatasetRecipe Recipe { get; init; } = new();

    /// <summary>Upload forms to write for train and validation, never for the holdout.</summary>
    public IReadOnlyList<TrainingForm> Forms { get; init; } = [];

    /// <summary>A local folder, created where it is missing. A run that was interrupted leaves no manifest.json in it.</summary>
    public required string OutputDirectory { get; init; }

    /// <summary>Worker threads; 0: one a core. The output does not depend on it.</summary>
    public int Threads { get; init; }

    public IProgress<PreparationProgress>? Progress { get; init; }

    /// <summary>Bytes after which an upload file is cut into numbered parts; the services take 512 MB a file.</summary>
    public long MaxUploadBytes { get; init; } = 512_000_000;

    /// <summary>Bytes of cleaned text kept in memory; beyond it texts go to a temporary file in the output folder.</summary>
    public long MaxTextBytesInMemory { get; init; } = 40L << 20;
}

/// <param name="Stage">reading, arranging, writing or proving.</param>
/// <param name="Rows">Rows read so far (reading), else rows of the data set.</param>
/// <param name="Bytes">Bytes of the drop read so far.</param>
public sealed record PreparationProgress(string Stage, long Rows, long Bytes);
