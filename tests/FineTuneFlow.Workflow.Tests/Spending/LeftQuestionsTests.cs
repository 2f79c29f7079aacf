using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>What a run's end waits for before it adds up the cost of the answers.</summary>
public sealed class LeftQuestionsTests
{
    private const string RunId = "run-1";

    private static readonly DateTimeOffset Begun = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly PlannedCandidate Candidate = new("a", OutcomeKind.FineTune, "openai", "gpt-4.1-mini", null, null, "chat", null);

    private readonly FakeTimeProvider _time = new(Begun);
    private readonly MemoryStore _store = new();
    private readonly JobService _service = new(new ProviderFacts("openai", ProviderKind.OpenAI, false, false, 3, "openai"));

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("a")]
    [InlineData("a_20_validation")]
    public async Task A_chunk_that_is_being_asked_is_waited_for_as_long_as_its_sender_may_live(string answersAs)
    {
        await PlanAsync();
        await IntendAsync(answersAs);
        _time.Advance(TimeSpan.FromSeconds(10));

        FlowException asked = await Should.ThrowAsync<FlowException>(LookAsync());

        asked.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        asked.Failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(20));
        await LookAsync();
    }

    [Fact]
    public async Task A_run_whose_chunks_are_stored_waits_for_nothing()
    {
        await LookAsync();
        await PlanAsync();
        await _store.WriteLinesAsync<string>(RunPaths.Answers(RunId, "a", 0), ["stored"], Cancellation);
        await IntendAsync("another-runs-candidate");

        await LookAsync();
    }

    [Fact]
    public async Task Candidates_of_providers_that_are_gone_are_not_looked_for_and_those_of_any_other_are()
    {
        await PlanAsync();
        await IntendAsync("a");
        _service.Others.Add(_service.Facts with { Name = "another" });
        await Should.ThrowAsync<FlowException>(LookAsync());
        _service.Facts = _service.Facts with { Name = "third" };

        await LookAsync();
    }

    private Task LookAsync() => new LeftQuestions(_store, _service, _time).ThrowIfAskedAsync(RunId, Cancellation);

    private Task<BlobWritten> PlanAsync() => _store.WriteJsonAsync(RunPaths.Plan(RunId), new RunPlan([Candidate], [], [], 100, 24), cancellation: Cancellation);

    private Task<BlobWritten> IntendAsync(string answersAs) => _store.WriteJsonAsync(
        RunPaths.ChunkIntent(RunId, answersAs, 0), new SpendRecord<Held>(Begun, SpendState.Intended, null, Begun), cancellation: Cancellation);
}
