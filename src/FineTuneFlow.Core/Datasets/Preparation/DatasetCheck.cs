using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Preparation;

/// <summary>Profile, findings and recognised columns of a drop in one reading; writes nothing.</summary>
public static class DatasetCheck
{
    private const long MaxTextBytesInMemory = 40L << 20;

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
        // Only near-duplicates are compared by their texts; without them none is kept.
        string? temporary = recipe.Duplicates.Near is null ? null : Directory.CreateTempSubdirectory("ftf-check-").FullName;
        try
        {
            using TextStore? texts = temporary is null ? null : new TextStore(temporary, MaxTextBytesInMemory);
            threads = threads > 0 ? threads : Environment.ProcessorCount;
            var sample = new RowSample(LabelNoise.SampleRows);
            SourceTable source = DatasetPreparation.Read(
                sourceName, open, recipe, threads, texts, progress, cancellation, sample);
            var arranged = ArrangedTable.Of(source, threads);
            DatasetProfile profile = ProfileBuilder.Of(arranged);
            if (LabelNoise.Find(arranged, sample, threads, cancellation) is { } noise)
            {
                profile = profile with { Findings = profile.Findings.Add(noise) };
            }

            return new DatasetCheckResult(source.Source, profile, DatasetPreparation.Settings(source, arranged.Labels), CheckedRows.Of(arranged, sample));
        }
        finally
        {
            if (temporary is not null)
            {
                Directory.Delete(temporary, recursive: true);
            }
        }
    }
}
