using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Datasets.Preparation;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Core.Tests.Datasets;

/// <summary>A data set prepared into a temporary folder, and what lies in it.</summary>
internal sealed class PreparedFolder : IDisposable
{
    public static readonly TrainingForm[] BothForms = [new(ModelFamily.Chat, "You rate reviews."), new(ModelFamily.Completion)];

    private PreparedFolder(string path) => Path = path;

    public string Path { get; }
    public Manifest Manifest { get; private set; } = null!;

    public static PreparedFolder From(
        byte[] drop, DatasetRecipe? recipe = null, int threads = 2, string name = "reviews.csv", Func<PreparationRequest, PreparationRequest>? change = null)
    {
        var folder = new PreparedFolder(Directory.CreateTempSubdirectory("ftf-datasets-").FullName);
        try
        {
            var request = new PreparationRequest
            {
                SourceName = name,
                Open = () => new MemoryStream(drop, writable: false),
                Recipe = recipe ?? new DatasetRecipe(),
                Forms = BothForms,
                OutputDirectory = folder.Path,
                Threads = threads,
            };
            folder.Manifest = DatasetPreparation.Prepare(change?.Invoke(request) ?? request, TestContext.Current.CancellationToken);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    public static PreparedFolder From(string csv, DatasetRecipe? recipe = null, int threads = 2) => From(Encoding.UTF8.GetBytes(csv), recipe, threads);

    public static PreparedFolder FromFixture(string name, DatasetRecipe? recipe = null) => From(Fixture(name), recipe, name: name);

    public static byte[] Fixture(string name) =>
        File.ReadAllBytes(System.IO.Path.Combine(AppContext.BaseDirectory, "Datasets", "fixtures", name));

    /// <summary>The failure that a drop ends in; checks that the folder holds nothing afterwards.</summary>
    public static Failure FailureOf(byte[] drop, DatasetRecipe? recipe = null, string name = "reviews.csv")
    {
        string folder = Directory.CreateTempSubdirectory("ftf-datasets-").FullName;
        try
        {
            var exception = Should.Throw<FlowException>(() => DatasetPreparation.Prepare(
                new PreparationRequest
                {
                    SourceName = name, Open = () => new MemoryStream(drop), Recipe = recipe ?? new DatasetRecipe(), Forms = BothForms, OutputDirectory = folder,
                },
                TestContext.Current.CancellationToken));
            Directory.EnumerateFileSystemEntries(folder).ShouldBeEmpty();
            return exception.Failure;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    public List<DatasetRow> Rows(Split split)
    {
        using FileStream stream = File.OpenRead(System.IO.Path.Combine(Path, DatasetFiles.Of(split)));
        return [.. DatasetFiles.ReadRows(stream, DatasetFiles.Of(split))];
    }

    public List<DatasetRow> AllRows() => [.. Enum.GetValues<Split>().SelectMany(Rows)];

    public string[] Lines(string name) => File.ReadAllLines(System.IO.Path.Combine(Path, name));

    /// <summary>Lines of rejects.csv without the header.</summary>
    public string[] Rejects() => Lines(DatasetFiles.Rejects)[1..];

    public Dictionary<string, string> Hashes() => Directory.EnumerateFiles(Path).ToDictionary(
        file => System.IO.Path.GetFileName(file),
        file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
