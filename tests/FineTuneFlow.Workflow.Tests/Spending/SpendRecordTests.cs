using FineTuneFlow.Core.Failures;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>What the record of a spending says after each end, and that nobody who comes late writes over another attempt's.</summary>
public sealed class SpendRecordTests
{
    private static readonly SpendGrace Grace = new(OnTheWay: TimeSpan.FromSeconds(60), Arrival: TimeSpan.FromSeconds(30));
    private static readonly SpendRecord<Thing> Others = new(DateTimeOffset.UnixEpoch, SpendState.Made, new Thing("of another attempt"));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly MemoryStore _store = new();
    private readonly BlobPath _record = BlobPath.Of("runs", "r/jobs/a.intent.json");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact(Timeout = 20_000)]
    public async Task A_token_that_is_cancelled_while_the_maker_returns_does_not_lose_what_was_made()
    {
        using var cancelled = new CancellationTokenSource();

        Thing made = await RunAsync(_ =>
        {
            cancelled.Cancel();
            return Task.FromResult(new Thing("made"));
        }, cancelled.Token);

        made.Id.ShouldBe("made");
        (await RecordAsync()).ShouldBe(new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Made, made));
    }

    [Theory(Timeout = 20_000)]
    [InlineData(FailureKind.Ambiguous)]
    [InlineData(FailureKind.InvalidInput)]
    public async Task A_late_note_never_overwrites_another_attempts_record(FailureKind kind)
    {
        FlowException told = await Should.ThrowAsync<FlowException>(RunAsync(async _ =>
        {
            await _store.WriteJsonAsync(_record, Others, cancellation: Cancellation);
            throw new FlowException(kind, "too late");
        }, Cancellation));

        told.Failure.Message.ShouldBe("too late");
        (await RecordAsync()).ShouldBe(Others);
    }

    [Theory(Timeout = 20_000)]
    [InlineData(FailureKind.Ambiguous, SpendState.InDoubt)]
    [InlineData(FailureKind.Unavailable, SpendState.Refused)]
    public async Task A_note_says_how_the_attempt_ended_and_keeps_when_the_first_began(FailureKind kind, SpendState state)
    {
        DateTimeOffset began = _time.GetUtcNow();

        await Should.ThrowAsync<FlowException>(RunAsync(_ =>
        {
            _time.Advance(TimeSpan.FromSeconds(5));
            throw new FlowException(kind, "no");
        }, Cancellation));

        (await RecordAsync()).ShouldBe(new SpendRecord<Thing>(began + TimeSpan.FromSeconds(5), state, null, began));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_cancelled_making_counts_as_in_doubt()
    {
        await Should.ThrowAsync<OperationCanceledException>(RunAsync(_ => throw new OperationCanceledException(), Cancellation));

        (await RecordAsync()).State.ShouldBe(SpendState.InDoubt);
    }

    [Fact(Timeout = 20_000)]
    public async Task A_late_beat_never_overwrites_another_attempts_record_and_no_beat_follows()
    {
        SpendOnce once = new(_store, _time);
        LiveIntent<Thing> intent = await once.ClaimAsync<Thing>(_record, Grace, Cancellation);
        await _store.WriteJsonAsync(_record, Others, cancellation: Cancellation);
        int before = _store.Asked.Count;

        // Beats come every ten seconds: one finds the record taken, and that is the last.
        _time.Advance(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(10));

        (await RecordAsync()).ShouldBe(Others);
        (_store.Asked.Count - before).ShouldBe(1);
        await intent.DisposeAsync();
    }

    [Fact(Timeout = 20_000)]
    public async Task Beats_keep_the_intent_fresh_under_its_own_version_until_the_making_ends()
    {
        SpendOnce once = new(_store, _time);
        LiveIntent<Thing> intent = await once.ClaimAsync<Thing>(_record, Grace, Cancellation);
        DateTimeOffset began = _time.GetUtcNow();
        string first = intent.ETag;

        _time.Advance(TimeSpan.FromSeconds(9));
        intent.ETag.ShouldBe(first, "a third of the time in which a request arrives is not over");
        _time.Advance(TimeSpan.FromSeconds(1));
        ((await RecordAsync()) with { Holder = null }).ShouldBe(new SpendRecord<Thing>(began + TimeSpan.FromSeconds(10), SpendState.Intended, null, began));
        _time.Advance(TimeSpan.FromSeconds(10));
        (await RecordAsync()).At.ShouldBe(began + TimeSpan.FromSeconds(20));
        intent.ETag.ShouldNotBe(first);

        await intent.DisposeAsync();
        int asked = _store.Asked.Count;
        _time.Advance(TimeSpan.FromMinutes(5));
        _store.Asked.Count.ShouldBe(asked);
        // Whoever claims now finds an intent that was alive a moment ago.
        (await RecordAsync()).At.ShouldBe(began + TimeSpan.FromSeconds(20));
    }

    [Fact(Timeout = 20_000)]
    public async Task A_beat_whose_answer_was_lost_is_known_as_our_own_and_the_next_ones_go_on()
    {
        LiveIntent<Thing> intent = await new SpendOnce(_store, _time).ClaimAsync<Thing>(_record, Grace, Cancellation);
        DateTimeOffset began = _time.GetUtcNow();

        _store.LosesAnswers = true;
        _time.Advance(TimeSpan.FromSeconds(10));
        _store.LosesAnswers = false;
        _time.Advance(TimeSpan.FromSeconds(10));
        (await RecordAsync()).At.ShouldBe(began + TimeSpan.FromSeconds(20));
        _time.Advance(TimeSpan.FromSeconds(10));

        (await RecordAsync()).At.ShouldBe(began + TimeSpan.FromSeconds(30));
        await intent.DisposeAsync();
    }

    [Fact(Timeout = 20_000)]
    public async Task What_is_held_is_free_again_afterwards_however_it_ended()
    {
        var once = new SpendOnce(_store, _time);

        (await once.HoldAsync(_record, Grace, async () => (await RecordAsync()).State, Cancellation)).ShouldBe(SpendState.Intended);
        (await _store.ExistsAsync(_record, Cancellation)).ShouldBeFalse();
        await Should.ThrowAsync<FlowException>(once.HoldAsync<int>(_record, Grace, () => throw new FlowException(FailureKind.Throttled, "no"), Cancellation));
        (await _store.ExistsAsync(_record, Cancellation)).ShouldBeFalse();
    }

    [Fact(Timeout = 20_000)]
    public async Task Who_has_lost_its_hold_leaves_the_next_ones_intent_alone()
    {
        var once = new SpendOnce(_store, _time);
        var next = new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Intended, null, Holder: "another");

        await once.HoldAsync(_record, Grace, () => _store.WriteJsonAsync(_record, next, cancellation: Cancellation), Cancellation);

        (await RecordAsync()).ShouldBe(next);
    }

    [Fact(Timeout = 20_000)]
    public async Task An_intent_is_written_only_where_there_is_none_or_under_the_version_that_was_read()
    {
        await Should.ThrowAsync<FlowException>(RunAsync(_ => throw new FlowException(FailureKind.InvalidInput, "no"), Cancellation));
        _store.Asked[0].ShouldBe(WriteCondition.Absent);
        string refused = (await _store.FindJsonAsync<SpendRecord<Thing>>(_record, Cancellation))!.Value.ETag;
        int before = _store.Asked.Count;

        await RunAsync(_ => Task.FromResult(new Thing("made")), Cancellation);

        _store.Asked[before].ShouldBe(WriteCondition.Matches(refused));
    }

    [Fact(Timeout = 20_000)]
    public async Task Later_attempts_keep_when_the_first_began()
    {
        DateTimeOffset began = _time.GetUtcNow();
        await Should.ThrowAsync<FlowException>(RunAsync(_ => throw new FlowException(FailureKind.InvalidInput, "no"), Cancellation));
        _time.Advance(TimeSpan.FromHours(1));

        await RunAsync(async _ =>
        {
            ((await RecordAsync()) with { Holder = null }).ShouldBe(new SpendRecord<Thing>(began.AddHours(1), SpendState.Intended, null, began));
            return new Thing("made");
        }, Cancellation);
    }

    [Fact(Timeout = 20_000)]
    public async Task Another_attempt_that_begins_between_looking_and_claiming_is_not_overtaken()
    {
        int made = 0;

        FlowException told = await Should.ThrowAsync<FlowException>(new SpendOnce(_store, _time).RunAsync<Thing>(
            _record,
            Grace,
            async _ =>
            {
                // While this one looks for what is there, another writes its intent.
                await _store.WriteJsonAsync(_record, new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Intended, null), cancellation: Cancellation);
                return null;
            },
            _ =>
            {
                made++;
                return Task.FromResult(new Thing("twice"));
            },
            Cancellation));

        told.Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        told.Failure.RetryAfter.ShouldBe(TimeSpan.FromSeconds(2));
        made.ShouldBe(0);
    }

    [Fact(Timeout = 20_000)]
    public async Task What_is_found_is_adopted_and_recorded_and_not_looked_for_again()
    {
        int looks = 0;
        Task<Thing> Run() => new SpendOnce(_store, _time).RunAsync<Thing>(
            _record, Grace, _ => Task.FromResult<Thing?>(new Thing($"found {++looks}")), _ => throw new InvalidOperationException("made"), Cancellation);

        (await Run()).Id.ShouldBe("found 1");
        (await Run()).Id.ShouldBe("found 1");

        looks.ShouldBe(1);
        (await RecordAsync()).ShouldBe(new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Adopted, new Thing("found 1")));
    }

    [Theory]
    // Of 60 s on the way and 30 s of arrival: what is left of them after so many seconds.
    [InlineData(SpendState.Intended, 0, 90)]
    [InlineData(SpendState.Intended, 89, 1)]
    [InlineData(SpendState.Intended, 90, 0)]
    [InlineData(SpendState.InDoubt, 0, 30)]
    [InlineData(SpendState.InDoubt, 29, 1)]
    [InlineData(SpendState.InDoubt, 31, -1)]
    [InlineData(SpendState.Refused, 0, 0)]
    [InlineData(SpendState.Made, 0, 0)]
    public void The_grace_period_depends_on_how_the_last_attempt_ended(SpendState state, int after, int left) =>
        Grace.Left(state, DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddSeconds(after)).ShouldBe(TimeSpan.FromSeconds(left));

    [Fact]
    public void Paid_calls_wait_for_a_request_under_way_and_half_a_minute_and_the_simulator_for_two_seconds()
    {
        var facts = new ProviderFacts("p", ProviderKind.OpenAI, false, false, 3, "openai") { RequestTimeout = TimeSpan.FromSeconds(70) };
        ProviderFacts simulator = facts with { Kind = ProviderKind.Simulator };

        SpendGrace.OfPaid(facts).ShouldBe(new SpendGrace(TimeSpan.FromSeconds(70), TimeSpan.FromSeconds(30)));
        SpendGrace.OfPaid(simulator).ShouldBe(new SpendGrace(TimeSpan.Zero, TimeSpan.FromSeconds(2)));
        SpendGrace.OfFile(facts).ShouldBe(new SpendGrace(TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        SpendGrace.OfQuestions(facts).ShouldBe(new SpendGrace(TimeSpan.Zero, TimeSpan.FromSeconds(30)));
        SpendGrace.OfContainer(new ContainerFacts(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(9), "t4")).ShouldBe(new SpendGrace(TimeSpan.FromSeconds(40), TimeSpan.FromSeconds(9)));
    }

    private async Task<SpendRecord<Thing>> RecordAsync() => await _store.ReadJsonAsync<SpendRecord<Thing>>(_record, Cancellation);

    private Task<Thing> RunAsync(Func<CancellationToken, Task<Thing>> make, CancellationToken cancellation) =>
        new SpendOnce(_store, _time).RunAsync(_record, Grace, _ => Task.FromResult<Thing?>(null), make, cancellation);

    private sealed record Thing(string Id);
}
