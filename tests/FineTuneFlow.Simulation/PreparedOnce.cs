using System.Text;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Durable;
using FineTuneFlow.Engine.Storage;
using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using Microsoft.Data.Sqlite;

namespace FineTuneFlow.Simulation;

/// <summary>A data set that the product has prepared, once for all seeds: what depends on no fault is not done again ten thousand
/// times.</summary>
internal sealed class PreparedOnce
{
    public const string FirstModel = "gpt-4.1-mini";
    public const string SecondModel = "gpt-4o-mini";

    private readonly Dictionary<string, byte[]> _files = new(StringComparer.Ordinal);
    private readonly PreparedData _data;
    private readonly string _runId;

    private PreparedOnce(string runId, PreparedData data) => (_runId, _data) = (runId, data);

    /// <summary>Ids of the rows that models are asked about, by the number that stands in their text: holdout and validation.</summary>
    public Dictionary<string, string> Rows { get; } = new(StringComparer.Ordinal);

    /// <summary>Ids of the holdout.</summary>
    public List<string> Holdout { get; } = [];

    /// <summary>An engine's database in which nothing has happened yet. Its pages are small, as every commit writes whole ones.</summary>
    public byte[] Database { get; } = EmptyDatabase();

    public static byte[] Csv { get; } = Encoding.UTF8.GetBytes(
        "text,label\n" + string.Concat(Enumerable.Range(0, 60).Select(i => $"nr{i:000} {Words(i)},{(i % 3) + 1}\n")));

    public static async Task<PreparedOnce> MakeAsync()
    {
        const string runId = "template-0123456789";
        var store = new SimulatedStore(new World(new Chance(0)));
        Recipe recipe = Scenario.Base with { Candidates = [new CandidateRecipe { Name = "a", Provider = "service", Model = FirstModel }] };
        await store.WriteJsonAsync(RunPaths.Recipe(runId), recipe);
        BlobWritten drop = await store.WriteBytesAsync(RunPaths.Drop("sim", "rows.csv"), Csv);
        var run = new RunInput(runId, "sim", drop.Ref, drop.Ref, 72, "http");
        var plan = new RunPlan(
            [new PlannedCandidate("a", Core.Reports.OutcomeKind.FineTune, "service", FirstModel, null, null, new Core.Training.TrainingForm(Core.Training.TrainingForm.FamilyOf(FirstModel)).Key, null)],
            [], [], 100, 72);
        PreparedData data = await new PrepareDataset(store, IntakeOptions.Default).RunAsync(new PrepareDatasetInput(run, plan), CancellationToken.None);
        var prepared = new PreparedOnce(runId, data);
        await foreach (BlobEntry file in store.ListAsync(RunPaths.Runs, RunPaths.DatasetPrefix(runId)))
        {
            prepared._files[file.Path.Name[RunPaths.DatasetPrefix(runId).Length..]] = await store.ReadBytesAsync(file.Path);
        }

        foreach (Split split in (Split[])[Split.Test, Split.Validation])
        {
            foreach (DatasetRow row in await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, split)))
            {
                prepared.Rows[row.Text[..5]] = row.Id;
                if (split == Split.Test)
                {
                    prepared.Holdout.Add(row.Id);
                }
            }
        }

        return prepared;
    }

    /// <summary>The step in its place.</summary>
    public IActivity<PrepareDatasetInput, PreparedData> Step(IBlobStore store) => new Copy(this, store);

    private static byte[] EmptyDatabase()
    {
        string folder = Directory.CreateTempSubdirectory("ftf-simulation-").FullName;
        string path = Path.Combine(folder, "engine.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
        {
            connection.Open();
            using SqliteCommand command = connection.CreateCommand();
            command.CommandText = "PRAGMA page_size=1024; VACUUM;";
            command.ExecuteNonQuery();
        }

        EngineDatabase.Open(path, DateTimeOffset.UnixEpoch).Dispose();
        byte[] bytes = File.ReadAllBytes(path);
        Directory.Delete(folder, recursive: true);
        return bytes;
    }

    // Words of their own for every row: nothing is a duplicate of anything.
    private static string Words(int row) => string.Join(' ', Enumerable.Range(1, 6).Select(n => $"w{row * n * 7919 % 9973}"));

    private sealed class Copy(PreparedOnce prepared, IBlobStore store) : IActivity<PrepareDatasetInput, PreparedData>
    {
        public async Task<PreparedData> RunAsync(PrepareDatasetInput input, CancellationToken cancellation)
        {
            string runId = input.Run.RunId;
            foreach ((string name, byte[] bytes) in prepared._files.OrderBy(f => f.Key == DatasetFiles.Manifest))
            {
                await store.WriteBytesAsync(RunPaths.Dataset(runId, name), bytes, cancellation: cancellation);
            }

            return prepared._data with
            {
                Files = [.. prepared._data.Files.Select(f => f with { Blob = f.Blob with { Path = f.Blob.Path.Replace(prepared._runId, runId, StringComparison.Ordinal) } })],
            };
        }
    }
}
