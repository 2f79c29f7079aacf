using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.BlobStorage;
using FineTuneFlow.Tests;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;
using Microsoft.Extensions.Time.Testing;

namespace FineTuneFlow.Workflow.Tests.Spending;

/// <summary>Makers that are slow, storage and look-ups that are.</summary>
public sealed class LiveIntentTests(Azurite azurite) : IClassFixture<Azurite>
{
    private static readonly SpendGrace Grace = new(OnTheWay: TimeSpan.Zero, Arrival: TimeSpan.FromSeconds(30));

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly AzureBlobStore _store = new(new StorageOptions { ConnectionString = azurite.ConnectionString });
    private readonly BlobPath _record = BlobPath.Of("runs", $"{Guid.NewGuid():N}/jobs/a.intent.json");
    private int _made;
    private bool _shows;

    private SpendOnce Once => new(_store, _time);

    [Fact(Timeout = 60_000)]
    public async Task Of_many_deliveries_at_once_one_makes_it_and_the_others_wait_and_then_get_it()
    {
        var gate = new TaskCompletionSource();
        Task<Thing>[] attempts = [.. Enumerable.Range(0, 8).Select(_ => Once.RunAsync(_record, Grace, Find, async _ =>
        {
            Interlocked.Increment(ref _made);
            await gate.Task;
            return new Thing("one");
        }, TestContext.Current.CancellationToken))];
        // Seven have ended, all but the one that makes it.
        for (int ended = 0; ended < 7; ended = attempts.Count(a => a.IsCompleted))
        {
            await Task.WhenAny(attempts.Where(a => !a.IsCompleted));
        }

        attempts.Where(a => a.IsFaulted).ShouldAllBe(a => KindOf(a) == FailureKind.Ambiguous);
        gate.SetResult();
        (await attempts.Single(a => !a.IsFaulted)).Id.ShouldBe("one");
        (await RunAsync()).Id.ShouldBe("one");
        _made.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task However_long_the_making_takes_nobody_takes_its_maker_for_dead()
    {
        var begun = new TaskCompletionSource();
        var gate = new TaskCompletionSource();
        Task<Thing> maker = Once.RunAsync(_record, Grace, Find, async _ =>
        {
            _made++;
            begun.SetResult();
            await gate.Task;
            return new Thing("slow");
        }, TestContext.Current.CancellationToken);
        await begun.Task;
        for (TimeSpan passed = TimeSpan.Zero; passed < 3 * Grace.Arrival; passed += Grace.Arrival / 30)
        {
            // Each attempt reads and asks over HTTP, in which a beat that is due gets through.
            (await RefusedAsync()).Kind.ShouldBe(FailureKind.Ambiguous);
            _time.Advance(Grace.Arrival / 30);
        }

        gate.SetResult();
        (await maker).Id.ShouldBe("slow");
        _made.ShouldBe(1);
        (await RunAsync()).Id.ShouldBe("slow");
    }

    [Fact(Timeout = 60_000)]
    public async Task After_a_maker_died_nothing_is_made_until_its_request_could_have_shown_up()
    {
        await _store.WriteJsonAsync(_record, new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Intended, null));

        Failure waits = await RefusedAsync();
        waits.Kind.ShouldBe(FailureKind.Ambiguous);
        waits.RetryAfter.ShouldBe(Grace.Arrival);
        _made.ShouldBe(0);

        _time.Advance(Grace.Arrival);
        (await RunAsync()).Id.ShouldBe("made");
        _made.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_shows_up_within_the_grace_period_is_adopted()
    {
        await _store.WriteJsonAsync(_record, new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Intended, null));
        await RefusedAsync();
        _shows = true;

        (await RunAsync()).Id.ShouldBe("found");
        _made.ShouldBe(0);
        (await _store.ReadJsonAsync<SpendRecord<Thing>>(_record)).State.ShouldBe(SpendState.Adopted);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_look_up_that_takes_longer_than_the_grace_period_proves_nothing_about_its_end()
    {
        await _store.WriteJsonAsync(_record, new SpendRecord<Thing>(_time.GetUtcNow(), SpendState.Intended, null));

        Task<Thing> attempt = Once.RunAsync(_record, Grace, _ =>
        {
            _time.Advance(2 * Grace.Arrival); // Page after page; the thing appears on one that has been read.
            return Task.FromResult<Thing?>(null);
        }, Make, TestContext.Current.CancellationToken);

        (await Should.ThrowAsync<FlowException>(attempt)).Failure.Kind.ShouldBe(FailureKind.Ambiguous);
        _made.ShouldBe(0);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lost_answer_is_followed_by_a_look_up_and_a_definite_refusal_by_another_attempt_at_once()
    {
        (await Should.ThrowAsync<FlowException>(Once.RunAsync<Thing>(
            _record, Grace, Find, _ => throw new FlowException(FailureKind.TooManyJobs, "full"), TestContext.Current.CancellationToken)))
            .Failure.Kind.ShouldBe(FailureKind.TooManyJobs);
        (await _store.ReadJsonAsync<SpendRecord<Thing>>(_record)).State.ShouldBe(SpendState.Refused);

        (await Should.ThrowAsync<FlowException>(Once.RunAsync<Thing>(
            _record, Grace, Find, _ =>
            {
                _made++;
                throw new FlowException(FailureKind.Ambiguous, "lost");
            }, TestContext.Current.CancellationToken))).Failure.Message.ShouldBe("lost");

        (await RefusedAsync()).Kind.ShouldBe(FailureKind.Ambiguous);
        _shows = true;
        (await RunAsync()).Id.ShouldBe("found");
        _made.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_intent_whose_own_writing_is_in_doubt_makes_nothing()
    {
        var doubtful = new LosesAnswers(_store);
        var once = new SpendOnce(doubtful, _time);

        (await Should.ThrowAsync<FlowException>(once.RunAsync(_record, Grace, Find, Make, TestContext.Current.CancellationToken)))
            .Failure.Kind.ShouldBe(FailureKind.Unavailable);
        _made.ShouldBe(0);

        (await RefusedAsync()).Kind.ShouldBe(FailureKind.Ambiguous);
        _time.Advance(Grace.Arrival);
        (await RunAsync()).Id.ShouldBe("made");
        _made.ShouldBe(1);
    }

    private Task<Thing> RunAsync() => Once.RunAsync(_record, Grace, Find, Make, TestContext.Current.CancellationToken);

    private async Task<Failure> RefusedAsync() => (await Should.ThrowAsync<FlowException>(RunAsync())).Failure;

    private Task<Thing?> Find(CancellationToken cancellation) => Task.FromResult(_shows ? new Thing("found") : null);

    private Task<Thing> Make(CancellationToken cancellation)
    {
        _made++;
        return Task.FromResult(new Thing("made"));
    }

    private static FailureKind KindOf(Task attempt) => ((FlowException)attempt.Exception!.InnerException!).Failure.Kind;

    private sealed record Thing(string Id);

    /// <summary>Storage that does what it is asked and then does not answer.</summary>
    private sealed class LosesAnswers(IBlobStore real) : IBlobStore
    {
        public Task<BlobRead?> OpenAsync(BlobPath path, CancellationToken cancellation = default) => real.OpenAsync(path, cancellation);

        public Task<bool> ExistsAsync(BlobPath path, CancellationToken cancellation = default) => real.ExistsAsync(path, cancellation);

        public async Task<BlobWritten> WriteAsync(BlobPath path, Stream content, WriteCondition condition = default, CancellationToken cancellation = default)
        {
            await real.WriteAsync(path, content, condition, cancellation);
            throw new FlowException(FailureKind.Unavailable, "the storage account did not answer");
        }

        public IAsyncEnumerable<BlobEntry> ListAsync(string container, string prefix, CancellationToken cancellation = default) =>
            real.ListAsync(container, prefix, cancellation);

        public IAsyncEnumerable<string> ListFoldersAsync(string container, CancellationToken cancellation = default) => real.ListFoldersAsync(container, cancellation);

        public Task<bool> DeleteAsync(BlobPath path, CancellationToken cancellation = default) => real.DeleteAsync(path, cancellation);
    }
}
