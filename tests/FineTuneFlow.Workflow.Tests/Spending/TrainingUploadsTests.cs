using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>A training file is uploaded once, and found again by its name and length.</summary>
public sealed class TrainingUploadsTests : IAsyncLifetime
{
    private const string Name = "0123456789abcdef01234567-run-1.jsonl";
    private static readonly BlobPath Path = BlobPath.Of("runs", "run-1/dataset/train.chat.jsonl");
    private static readonly BlobRef Content = new(Path.ToString(), "0123456789abcdef0123456789abcdef", 5);
    private static readonly UploadFileInput Input = new("run-1", "openai", new DatasetFile("chat", Split.Train, Content));

    private readonly FakeTimeProvider _time = new();
    private readonly MemoryStore _store = new();
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private TrainingUploads Uploads => new(_store, _service, new SpendOnce(_store, _time), new EarlierRuns(_store));

    public async ValueTask InitializeAsync() => await _store.WriteAsync(Path, new MemoryStream("{\"a\"}"u8.ToArray()), cancellation: Cancellation);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task It_is_uploaded_once_under_the_name_of_its_content_and_run()
    {
        UploadedFile first = await Uploads.UploadAsync(Input, Cancellation);
        UploadedFile second = await Uploads.UploadAsync(Input, Cancellation);

        (first, second).ShouldBe((new UploadedFile("run-1", "openai", "file-1"), first));
        _service.Uploads.ShouldBe([(Name, "{\"a\"}")]);
    }

    [Theory]
    [InlineData(Name, 5L, FileState.Ready, true)]
    [InlineData(Name, 5L, FileState.Pending, true)]
    [InlineData(Name, 8L, FileState.Ready, true)] // With a byte order mark, which Azure counts.
    [InlineData(Name, null, FileState.Ready, true)]
    [InlineData(Name, 4L, FileState.Ready, false)] // An upload that broke off.
    [InlineData(Name, 6L, FileState.Ready, false)]
    [InlineData(Name, 2L, FileState.Ready, false)]
    [InlineData(Name, 5L, FileState.Failed, false)]
    [InlineData(Name, 5L, FileState.Deleted, false)]
    [InlineData("0123456789abcdef01234567-run-2.jsonl", 5L, FileState.Ready, false)]
    public async Task One_that_lies_there_whole_is_taken(string name, long? bytes, FileState state, bool taken)
    {
        _service.Files.Add(new ProviderFile("file-0", "another", 5, FileState.Ready, null));
        _service.Files.Add(new ProviderFile("file-7", name, bytes, state, null));

        (await Uploads.UploadAsync(Input, Cancellation)).FileId.ShouldBe(taken ? "file-7" : "file-1");
        _service.Uploads.Count.ShouldBe(taken ? 0 : 1);
    }

    [Fact]
    public async Task Files_that_are_gone_are_uploaded_again_for_a_job_that_needs_them_and_others_are_not()
    {
        await WriteAsync("openai-gone.json", new UploadedFile("run-1", "openai", "file-gone", Content));
        await WriteAsync("openai-there.json", new UploadedFile("run-1", "openai", "file-there"));
        var planned = new PlannedCandidate("mini", OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null);

        (await Uploads.PresentAsync(new SubmitJobInput("run-1", planned, null, new TrainingFiles("file-gone", "file-there")), Cancellation))
            .ShouldBe(new TrainingFiles("file-1", "file-there"));
        (await Uploads.PresentAsync(new SubmitJobInput("run-1", planned, null, new TrainingFiles("file-unknown", "file-gone")), Cancellation))
            .ShouldBe(new TrainingFiles("file-unknown", "file-1"));

        _service.Uploads.ShouldBe([(Name, "{\"a\"}")]);
        (await _store.ReadJsonAsync<SpendRecord<UploadedFile>>(RunPaths.UploadAgain("run-1", "openai", Content.Sha256), Cancellation)).Result!.FileId.ShouldBe("file-1");
    }

    private Task<BlobWritten> WriteAsync(string name, UploadedFile file) => _store.WriteJsonAsync(
        BlobPath.Of("runs", $"run-1/uploads/{name}"), new SpendRecord<UploadedFile>(_time.GetUtcNow(), SpendState.Adopted, file), cancellation: Cancellation);
}
