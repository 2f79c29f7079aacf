using FineTuneFlow.Api.Runs;
using FineTuneFlow.Durable;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Api.Tests.Runs;

/// <summary>What stands beside a run's steps: restarts of the host while it went on, and what was taken over.</summary>
public sealed class RunMarksTests
{
    private static readonly DateTimeOffset Began = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ToldEngine _engine = new();
    private readonly MemoryStore _store = new();

    [Theory]
    [InlineData(null, "1 2 3")]
    [InlineData(3, "1 2")]
    public async Task Restarts_count_from_behind_the_beginning_to_before_the_end(int? ended, string expected)
    {
        _engine.States["run-1"] = State(ended is { } hours ? Began.AddHours(hours) : null);
        await WriteAsync(RunPaths.HostStarts, new[] { Began.AddHours(-1), Began, Began.AddHours(1), Began.AddHours(2), Began.AddHours(3) });

        (await AskAsync()).Json["restarts"]!.AsArray().Select(at => ((DateTimeOffset)at! - Began).TotalHours.ToString("0")).ShouldBe(expected.Split(' '));
    }

    [Fact]
    public async Task Only_what_was_adopted_is_shown_in_the_order_of_time_with_its_name_and_its_id()
    {
        _engine.States["run-1"] = State(null);
        await WriteAsync(RunPaths.JobIntent("run-1", "mini"), Record(SpendState.Adopted, 4, new { note = "x", jobId = "job-7", otherId = "no" }));
        await WriteAsync(RunPaths.JobIntent("run-1", "made"), Record(SpendState.Made, 1, new { jobId = "job-8" }));
        await WriteAsync(RunPaths.JobIntent("run-1", "doubt"), Record(SpendState.InDoubt, 1, null));
        await WriteAsync(BlobPath.Of(RunPaths.Runs, "run-1/uploads/openai-00.json"), Record(SpendState.Adopted, 2, new { runId = "", fileId = "file-3" }));
        await WriteAsync(BlobPath.Of(RunPaths.Runs, "run-1/batches/mini/1.json"), Record(SpendState.Adopted, 3, new { state = "x" }));
        await WriteAsync(BlobPath.Of(RunPaths.Runs, "run-1/baselines/own/start.json"), Record(SpendState.Adopted, 1, new { executionId = "e-1" }));
        // Beside the records lie other files, some large, some not of ours.
        await _store.WriteAsync(BlobPath.Of(RunPaths.Runs, "run-1/baselines/own/trainer.json"), new MemoryStream("[1, 2"u8.ToArray()), cancellation: TestContext.Current.CancellationToken);
        await WriteAsync(BlobPath.Of(RunPaths.Runs, "run-1/baselines/own/start.jsonl"), Record(SpendState.Adopted, 1, new { executionId = "e-2" }));
        await WriteAsync(BlobPath.Of(RunPaths.Runs, "run-1/baselines/own/large.json"), Record(SpendState.Adopted, 1, new { executionId = new string('e', 16 * 1024) }));

        RouteCall answer = await AskAsync();

        answer.Json["adopted"]!.AsArray().Select(one => $"{one!["kind"]} {one["name"]} {one["id"]} {((DateTimeOffset)one["at"]! - Began).TotalHours:0}").ShouldBe(
            ["container start e-1 1", "file openai-00 file-3 2", "batch 1  3", "job mini job-7 4"]);
    }

    [Theory]
    [InlineData(16 * 1024, true)]
    [InlineData((16 * 1024) + 1, false)]
    public async Task A_record_has_at_most_sixteen_kilobytes(int bytes, bool shown)
    {
        _engine.States["run-1"] = State(null);
        string json = """{"at":"2026-01-01T00:00:00Z","state":"adopted","result":{"executionId":"e"}}""";
        await _store.WriteAsync(
            BlobPath.Of(RunPaths.Runs, "run-1/baselines/own/start.json"),
            new MemoryStream(System.Text.Encoding.UTF8.GetBytes(json.PadRight(bytes))), cancellation: TestContext.Current.CancellationToken);

        (await AskAsync()).Json["adopted"]!.AsArray().Count.ShouldBe(shown ? 1 : 0);
    }

    private static SpendRecord<object> Record(SpendState state, int hours, object? result) => new(Began.AddHours(hours), state, result);

    private static InstanceState State(DateTimeOffset? ended) => new()
    {
        InstanceId = "run-1", Orchestration = "FineTuneRun", Version = "1", Status = ended is null ? InstanceStatus.Running : InstanceStatus.Completed,
        CreatedAt = Began, UpdatedAt = Began, EndedAt = ended,
    };

    private Task<BlobWritten> WriteAsync<T>(BlobPath path, T value) => _store.WriteJsonAsync(path, value, cancellation: TestContext.Current.CancellationToken);

    private Task<RouteCall> AskAsync() => RouteCall.AskAsync(new GetRunMarks(new RunReader(_engine, _store), new HostStarts(_store, TimeProvider.System), _store));
}
