using System.Text;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Core.Datasets.Splitting;
using FineTuneFlow.Core.Datasets.Writing;
using FineTuneFlow.Core.Recipes;

namespace FineTuneFlow.Core.Datasets.Preparation;

/// <summary>Loads and compiles what a check or a preparation needs, by arranging and profiling a table of a few rows that never
/// touches the disk.</summary>
public static class Preload
{
    private const int Rows = 40;
    private static ReadOnlySpan<byte> Settings =>
        """{"dataset":{"text":["title","text"],"label":"label"},"candidates":[{"name":"a","model":"babbage-002","epochs":1}]}"""u8;

    /// <summary>Takes a tenth of a second, the first time in a process.</summary>
    public static void Run()
    {
        byte[] csv = Table();
        using var texts = new TextStore(Path.GetTempPath(), memoryLimit: csv.Length * 2);
        var source = DatasetPreparation.Read(
            "preload.csv",
            () => new MemoryStream(csv, writable: false),
            RecipeReader.Read("preload.json", Settings).Dataset,
            threads: 2,
            texts,
            progress: null,
            CancellationToken.None);
        var arranged = ArrangedTable.Of(source, threads: 2);
        RecordJson.Write(ProfileBuilder.Of(arranged));
        RecordJson.Write(new Manifest
        {
            Source = source.Source,
            Settings = DatasetPreparation.Settings(source, arranged.Labels),
            Labels = arranged.Labels,
            Rows = arranged.Counts,
            Files = [new ManifestFile(DatasetFiles.Train, Split.Train, DatasetFiles.RowsForm, 0, 0, "")],
            ClassWeights = Balancing.Weights(arranged.TrainCounts, source.Labels),
            PreparedBy = DatasetPreparation.PreparedBy,
        });
    }

    /// <summary>Quotes, line breaks, capitals and characters beyond ASCII, as in the tables that people bring.</summary>
    private static byte[] Table()
    {
        var csv = new StringBuilder("title,text,label\n");
        for (int i = 0; i < Rows; i++)
        {
            csv.Append("\"Title, ").Append(i).Append("\",\"A “text”\nof \"\"two\"\" lines\",").Append((i % 5) + 1).Append('\n');
        }

        return Encoding.UTF8.GetBytes(csv.ToString());
    }
}
