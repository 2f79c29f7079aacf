using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Which batches of a run are taken over at its end. Taking one over begins with the run's recipe, which is not there: that it was
/// begun is told by the failure.</summary>
public sealed class LeftBatchesTests : IAsyncLifetime
{
    private static readonly PlannedCandidate Mini = new("mini", OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null);

    private readonly MemoryStore _store = new();
    private readonly BatchService _batches = new();
    private readonly JobService _service;

    public LeftBatchesTests() => _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai")) { Batches = _batches };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service.Others.Add(_service.Facts with { Name = "another" });
        await _store.WriteJsonAsync(RunPaths.Plan("run-1"), new RunPlan([Mini], [], [], 100, 24), cancellation: Cancellation);
        // 80 chunks of a thousand rows go in two parts.
        await PlanAsync(batch: true);
        await IntendAsync(0);
        await IntendAsync(1);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData(BatchState.InProgress, FailureKind.Ambiguous)]
    [InlineData(BatchState.Cancelling, FailureKind.Ambiguous)]
    [InlineData(BatchState.Cancelled, FailureKind.NotFound)] // It is taken over.
    [InlineData(BatchState.Completed, FailureKind.NotFound)]
    [InlineData(BatchState.Expired, FailureKind.NotFound)]
    [InlineData(BatchState.Failed, null)]
    public async Task A_batch_is_waited_for_and_what_it_has_answered_is_taken_over(BatchState state, FailureKind? kind)
    {
        _batches.Listed.Add(new ProviderBatch { Id = "batch-1", State = state, RawState = "" });

        if (kind is null)
        {
            await CollectAsync();
        }
        else
        {
            Failure failure = (await Should.ThrowAsync<FlowException>(CollectAsync())).Failure;
            failure.Kind.ShouldBe(kind.Value);
            failure.Message.Contains("batch-1 is being cancelled", StringComparison.Ordinal).ShouldBe(kind == FailureKind.Ambiguous);
        }
    }

    [Fact]
    public async Task Each_part_is_looked_for_by_its_stamp_unless_nothing_was_asked_or_all_is_taken()
    {
        await CollectAsync();
        _batches.AskedFor.Select(stamp => string.Join(' ', stamp.OrderBy(pair => pair.Key).Select(pair => pair.Value))).ShouldBe(["mini 0 run-1", "mini 1 run-1"]);

        // The first part's last chunk is the fortieth.
        _batches.AskedFor.Clear();
        await _store.WriteLinesAsync<string>(RunPaths.Answers("run-1", "mini", 39), ["stored"], Cancellation);
        await CollectAsync();
        _batches.AskedFor.Count.ShouldBe(1);

        _batches.AskedFor.Clear();
        await _store.DeleteAsync(RunPaths.BatchIntent("run-1", "mini", 1, "batch"), Cancellation);
        await CollectAsync();
        _batches.AskedFor.ShouldBeEmpty();
    }

    /// <summary>A model that answers in batches only turns its run to them, whatever was planned.</summary>
    [Fact]
    public async Task What_was_asked_in_batches_is_looked_for_also_where_none_were_planned()
    {
        await PlanAsync(batch: false);

        await CollectAsync();

        _batches.AskedFor.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Nothing_is_looked_for_where_no_batch_was_asked_of_anybody_that_is_there()
    {
        await CollectAsync("mini");
        _service.Facts = _service.Facts with { Name = "elsewhere" };
        await CollectAsync();
        _service.Facts = _service.Facts with { Name = "openai" };
        _service.Batches = null;
        await CollectAsync();
        _service.Batches = _batches;
        await _store.DeleteAsync(RunPaths.Plan("run-1"), Cancellation);
        await CollectAsync();

        _batches.AskedFor.ShouldBeEmpty();
    }

    private Task CollectAsync(params string[] judged) =>
        new LeftBatches(_store, _service, new BatchAnswers(_store, new CandidateQuestions(_store, null!))).CollectAsync("run-1", judged, Cancellation);

    private Task<BlobWritten> PlanAsync(bool batch) =>
        _store.WriteJsonAsync(RunPaths.EvaluationPlan("run-1"), new EvaluationPlan("runs/run-1/dataset/test.jsonl", 80_000, 80, 1_000, batch), cancellation: Cancellation);

    private Task<BlobWritten> IntendAsync(int part) => _store.WriteJsonAsync(
        RunPaths.BatchIntent("run-1", "mini", part, "batch"), new SpendRecord<SubmittedBatch>(DateTimeOffset.UnixEpoch, SpendState.Made, new SubmittedBatch("b")), cancellation: Cancellation);
}
