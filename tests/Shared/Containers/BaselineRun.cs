using System.Text;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Tests.Containers;

/// <summary>A run's container inputs in Azurite, and a look at its outputs.</summary>
internal sealed class BaselineRun
{
    private readonly string _container = Azurite.NewContainer();

    public BaselineRun(Azurite azurite) => Store = new AzureBlobStore(new StorageOptions { ConnectionString = azurite.ConnectionString });

    public AzureBlobStore Store { get; }

    public ContainerJobRequest Request => new()
    {
        RunId = "reviews-0123456789",
        Baseline = "distilbert",
        Model = "distilbert-base-cased",
        Epochs = 2,
        Seed = 42,
        Train = Path("dataset/train.jsonl"),
        Validation = Path("dataset/validation.jsonl"),
        Texts = Path("baselines/distilbert/in/texts.jsonl"),
        Labels = Path("baselines/distilbert/in/labels.json"),
        Output = Path("baselines/distilbert/out"),
    };

    public ContainerJobRequest Other(string baseline) => Request with { Baseline = baseline, Output = Path($"baselines/{baseline}/out") };

    public async Task<BaselineRun> WithInputsAsync()
    {
        // In the few words that the tiny encoder of the fixtures knows.
        await WriteAsync(Request.Train, string.Concat(Enumerable.Range(0, 60).Select(i => $$"""{"id":"a{{i}}","text":"so {{(i % 2 == 0 ? "good" : "bad")}} {{(char)('a' + (i / 2 % 10))}}","label":"{{(i % 2 == 0 ? 5 : 1)}}"}""" + "\n")));
        await WriteAsync(Request.Validation, """
            {"id":"b1","text":"good","label":"5"}
            {"id":"b2","text":"so bad","label":"1"}
            """);
        await WriteAsync(Request.Texts, """
            {"id":"c1","text":"so good"}
            {"id":"c2","text":"a bad c"}
            """);
        await WriteAsync(Request.Labels, """["1","5"]""");
        return this;
    }

    public Task WriteOutputAsync(string file, string content) => WriteAsync(Request.OutputFile(file), content);

    public async Task<string?> ReadOutputAsync(string file)
    {
        await using BlobRead? blob = await Store.OpenAsync(Request.OutputFile(file));
        if (blob is null)
        {
            return null;
        }

        using var reader = new StreamReader(blob.Content);
        return await reader.ReadToEndAsync();
    }

    private async Task WriteAsync(BlobPath path, string content)
    {
        using var stream = new MemoryStream(Encoding.UTF8.GetBytes(content));
        await Store.WriteAsync(path, stream);
    }

    private BlobPath Path(string name) => BlobPath.Of(_container, $"reviews-0123456789/{name}");
}
