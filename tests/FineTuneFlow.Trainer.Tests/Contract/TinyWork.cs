using System.Text.Json;
using FineTuneFlow.Encoders.Checkpoints;
using FineTuneFlow.Trainer.Contract;

namespace FineTuneFlow.Trainer.Tests.Contract;

/// <summary>A small data set, the tiny encoder of the fixtures, and the environment that an execution gets.</summary>
internal sealed class TinyWork : IDisposable
{
    private static readonly string[] Good = ["good", "so good", "good . so good", "goodly so good", "a good c"];
    private static readonly string[] Bad = ["bad", "so bad", "bad . so bad", "badly so bad", "a bad c"];

    public TinyWork()
    {
        Write("train.jsonl", Rows(60, labelled: true));
        Write("validation.jsonl", Rows(20, labelled: true));
        Write("texts.jsonl", Rows(12, labelled: false));
        File.WriteAllText(this["labels.json"], """["1","3"]""");
        Variables = new Dictionary<string, string>
        {
            ["FTF_RUN_ID"] = "run",
            ["FTF_BASELINE"] = "tiny",
            ["FTF_MODEL"] = Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert"),
            ["FTF_EPOCHS"] = "3",
            ["FTF_SEED"] = "7",
            ["FTF_BATCH_SIZE"] = "4",
            ["FTF_LEARNING_RATE"] = "0.02",
            ["FTF_DEVICE"] = "cpu",
            ["FTF_TRAIN"] = this["train.jsonl"],
            ["FTF_VALIDATION"] = this["validation.jsonl"],
            ["FTF_TEXTS"] = this["texts.jsonl"],
            ["FTF_LABELS"] = this["labels.json"],
            ["FTF_OUTPUT"] = this["out"],
        };
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("ftf-trainer-").FullName;

    public Dictionary<string, string> Variables { get; }

    public StringWriter Console { get; } = new();

    public string this[string file] => Path.Combine(Folder, file);

    public string Output(string file) => Path.Combine(Folder, "out", file);

    public JsonElement Result => JsonDocument.Parse(File.ReadAllBytes(Output(OutputFiles.Result))).RootElement;

    public Task<ExitCode> RunAsync(Func<string, IWorkStorage>? open = null, CancellationToken stop = default) =>
        new Execution(Console, TimeProvider.System, open).RunAsync(name => Variables.GetValueOrDefault(name), stop);

    /// <summary>A checkpoint whose answers are no numbers.</summary>
    public static string BrokenModel(string parent)
    {
        string folder = Path.Combine(parent, "broken");
        Directory.CreateDirectory(folder);
        EncoderCheckpoint tiny = EncoderCheckpoint.Load(Path.Combine(AppContext.BaseDirectory, "fixtures", "distilbert"));
        tiny.Weights["embeddings.LayerNorm.weight"].Values[0] = float.NaN;
        tiny.Save(folder);
        return folder;
    }

    public void Write(string file, IEnumerable<string> lines) => File.WriteAllLines(this[file], lines);

    public void Dispose()
    {
        Console.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static IEnumerable<string> Rows(int count, bool labelled) => Enumerable.Range(0, count).Select(i =>
    {
        string text = i % 2 == 0 ? Bad[i / 2 % Bad.Length] : Good[i / 2 % Good.Length];
        string label = labelled ? $", \"label\": \"{(i % 2 == 0 ? 1 : 3)}\"" : "";
        return $$"""{"id": "row-{{i}}", "text": "{{text}} {{(char)('a' + (i % 10))}}"{{label}}}""";
    });
}
