using System.Collections.Immutable;
using FineTuneFlow.Core.Datasets.Cleaning;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Reading;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Preparation;

/// <summary>From a drop to a data set folder: read once, cleaned, without duplicates, split, shuffled, written in every form, and
/// read again to prove that the splits are disjoint.</summary>
public static class DatasetPreparation
{
    /// <summary>Raised with every change that changes output bytes.</summary>
    public const string PreparedBy = Product + "/1";
    internal const string Product = "finetuneflow-prepare";

    /// <exception cref="FlowException">The drop or the recipe is wrong (<see cref="FailureKind.InvalidInput"/>, with file, line
    /// and column); the folder then holds nothing of this preparation.</exception>
    public static Manifest Prepare(PreparationRequest request, CancellationToken cancellation)
    {
        Task cleared = OutputFolder.Begin(request.OutputDirectory);
        try
        {
            return Write(request, cleared, cancellation);
        }
        catch
        {
            // Not Wait: where a file could not be removed, the next line says so.
            Task.WaitAny([cleared], CancellationToken.None);
            OutputFolder.Abandon(request.OutputDirectory);
            throw;
        }
    }

    private static Manifest Write(PreparationRequest request, Task cleared, CancellationToken cancellation)
    {
        string directory = request.OutputDirectory;
        int threads = request.Threads > 0 ? request.Threads : Environment.ProcessorCount;
        using var texts = new TextStore(directory, request.MaxTextBytesInMemory);
        SourceTable source = Read(request.SourceName, request.Open, request.Recipe, threads, texts, request.Progress, cancellation);
        request.Progress?.Report(new PreparationProgress("arranging", source.RowsRead, source.Source.Bytes));
        var arranged = ArrangedTable.Of(source, threads);
        OpenQuestions.Stop(arranged.Questions, request.SourceName);
        cleared.GetAwaiter().GetResult();
        cancellation.ThrowIfCancellationRequested();

        request.Progress?.Report(new PreparationProgress("writing", source.RowsRead, source.Source.Bytes));
        LineTemplate[] forms = [.. request.Forms.DistinctBy(form => form.Key).Select(form => LineTemplate.For(form, source.Labels))];
        var proof = new OverlapProof(directory, request.Forms);
        ImmutableArray<ManifestFile>[] written = new ImmutableArray<ManifestFile>[3];
        var jobs = new JobQueue();
        void WriteSplit(Split split)
        {
            written[(int)split] = new SplitWriter(directory, split, source.Rows, texts, source.Labels).Write(
                arranged.Order[(int)split], split == Split.Test ? [] : forms, request.MaxUploadBytes, cancellation);
            foreach (ManifestFile file in written[(int)split])
            {
                jobs.Add(() => proof.Read(file, cancellation));
            }
        }

        SortedList<string, double> weights = [];
        void WriteAccount()
        {
            weights = Balancing.Weights(arranged.TrainCounts, source.Labels);
            RejectsFile.Write(directory, source, arranged.Duplicates.FirstOf);
            File.WriteAllBytes(Path.Combine(directory, DatasetFiles.Profile), RecordJson.Write(ProfileBuilder.Of(arranged)));
        }

        jobs.Add(() => WriteSplit(Split.Train));
        jobs.Add(WriteAccount);
        jobs.Add(() => WriteSplit(Split.Validation));
        jobs.Add(() => WriteSplit(Split.Test));
        jobs.Run(threads);
        ImmutableArray<ManifestFile> files = [.. written[0], .. written[1], .. written[2]];

        request.Progress?.Report(new PreparationProgress("proving", source.RowsRead, source.Source.Bytes));
        proof.Show(files);
        var manifest = new Manifest
        {
            Source = source.Source,
            Settings = Settings(source, arranged.Labels),
            Labels = arranged.Labels,
            Rows = arranged.Counts,
            Files = files,
            ClassWeights = weights,
            PreparedBy = PreparedBy,
        };
        OutputFolder.Finish(directory, manifest);
        return manifest;
    }

    internal static SourceTable Read(
        string name,
        Func<Stream> open,
        DatasetRecipe recipe,
        int threads,
        TextStore? texts,
        IProgress<PreparationProgress>? progress,
        CancellationToken cancellation,
        RowSample? sample = null)
    {
        using TableReader table = TableReader.Open(name, open, recipe.Csv);
        RowPlan plan = RowPlan.For(table, recipe, () => Survey(name, open, recipe, table));
        return new SourceTableReader(table, plan, threads, texts, sample).Read(progress, cancellation);
    }

    /// <summary>How the values of each column look over the whole file, which is read once more where it is larger than what is at
    /// hand.</summary>
    private static ImmutableArray<ColumnStatistics> Survey(string name, Func<Stream> open, DatasetRecipe recipe, TableReader table)
    {
        var survey = new ColumnSurvey(table.Columns.Length);
        if (table.FirstIsAll)
        {
            survey.Add(table.FirstBatch);
            return survey.Result();
        }

        using TableReader whole = TableReader.Open(name, open, recipe.Csv);
        var batch = new RecordBatch([]);
        // What is beyond the limits is refused by the reading that follows.
        while (survey.Records <= recipe.Limits.Rows && whole.TryRead(batch))
        {
            survey.Add(batch);
        }

        return survey.Result();
    }

    /// <summary>The recipe with everything filled in that was recognised.</summary>
    internal static DatasetRecipe Settings(SourceTable source, LabelSet labels)
    {
        DatasetRecipe recipe = source.Plan.Recipe;
        return recipe with
        {
            Text = new OneOrMany<string>(source.Plan.Recognised.Text),
            Label = source.Plan.Recognised.Label,
            Csv = recipe.Csv with { Delimiter = source.Source.Delimiter, Encoding = source.Source.Encoding },
            Labels = recipe.Labels with { Order = labels.Ordered ? labels.Names : [], Good = labels.Good },
        };
    }
}
