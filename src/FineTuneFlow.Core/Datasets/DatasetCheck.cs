using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets;

/// <summary>Profile, findings and recognised columns of a drop in one reading; writes nothing.</summary>
public static class DatasetCheck
{
    /// <inheritdoc cref="DatasetPreparation.Prepare"/>
    /// <param name="sourceName">The drop's name as the user knows it.</param>
    /// <param name="open">Opens the drop from its first byte.</param>
    /// <param name="recipe">Settings; defaults where empty.</param>
    /// <param name="threads">Worker threads; 0: one a core.</param>
    /// <param name="progress">Told while reading.</param>
    /// <param name="cancellation">Ends the reading.</param>
    public static DatasetCheckResult Check(
        string sourceName,
        Func<Stream> open,
        DatasetRecipe recipe,
        int threads = 0,
        IProgress<PreparationProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        SourceTable source = DatasetPreparation.Read(
            sourceName, open, recipe, threads > 0 ? threads : Environment.ProcessorCount, texts: null, progress, cancellation);
        var arranged = ArrangedTable.Of(source);
        return new DatasetCheckResult(source.Source, ProfileBuilder.Of(arranged), DatasetPreparation.Settings(source, arranged.Labels));
    }
}
