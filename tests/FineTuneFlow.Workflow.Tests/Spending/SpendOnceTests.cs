using FineTuneFlow.Core.Failures;
using FineTuneFlow.Providers.FileStorage;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Tests.Spending;

public sealed class SpendOnceTests : IDisposable
{
    private static readonly SpendGrace Grace = new(OnTheWay: TimeSpan.FromSeconds(100), Arrival: TimeSpan.FromSeconds(30));

    private readonly BlobPath _record = BlobPath.Of("runs", $"{Guid.NewGuid():N}/jobs/a.intent.json");
    private readonly Clock _clock = new();
    private readonly List<string> _service = [];
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("ftf-spend-");
    private readonly FileBlobStore _store;

    public SpendOnceTests() => _store = new FileBlobStore(_folder.FullName);

    public void Dispose()
    {
        _store.Dispose();
        _folder.Delete(recursive: true);
    }

    [Fact(Timeout = 60_000)]
    public async Task What_was_made_is_given_again_without_asking_the_service()
    {
        string made = await Attempt(Make);
        _service.Clear();

        (await Attempt(Make)).ShouldBe(made);
        _service.ShouldBeEmpty();
    }

    [Fact(Timeout = 60_000)]
    public async Task A_lost_answer_is_followed_by_adoption()
    {
        await Should.ThrowAsync<FlowException>(() => Attempt(async stop =>
        {
            await Make(stop);
            throw new FlowException(FailureKind.Ambiguous, "no answer");
        }));

        (await Attempt(Make)).ShouldBe("job-1");
        _service.Count.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_step_delivered_twice_makes_nothing_while_the_first_sender_may_still_be_waiting()
    {
        var sent = new TaskCompletionSource();
        var arrives = new TaskCompletionSource();
        Task<string> first = Attempt(async stop =>
        {
            sent.SetResult();
            await arrives.Task;
            return await Make(stop);
        });
        await sent.Task;
        _clock.Now += TimeSpan.FromSeconds(99);

        TimeSpan wait = (await Refusal()).RetryAfter.ShouldNotBeNull();
        wait.ShouldBe(TimeSpan.FromSeconds(31));
        arrives.SetResult();
        (await first).ShouldBe("job-1");
        (await Attempt(Make)).ShouldBe("job-1");
        _service.Count.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task A_request_that_its_sender_has_given_up_may_still_arrive()
    {
        // The service takes the request in after the sender's own timeout of 100 seconds.
        await Should.ThrowAsync<FlowException>(() => Attempt(_ =>
        {
            _clock.Now += TimeSpan.FromSeconds(100);
            throw new FlowException(FailureKind.Ambiguous, "no answer in time");
        }));
        _clock.Now += TimeSpan.FromSeconds(2);
        (await Refusal()).RetryAfter.ShouldBe(TimeSpan.FromSeconds(28));
        await Make(CancellationToken.None);

        (await Attempt(Make)).ShouldBe("job-1");
        _service.Count.ShouldBe(1);
    }

    [Fact(Timeout = 60_000)]
    public async Task After_the_grace_period_without_a_trace_it_is_made()
    {
        await Should.ThrowAsync<FlowException>(() => Attempt(_ => throw new FlowException(FailureKind.Ambiguous, "reset before it was sent")));
        _clock.Now += TimeSpan.FromSeconds(30);

        (await Attempt(Make)).ShouldBe("job-1");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_refusal_makes_nothing_and_holds_nothing()
    {
        FlowException refused = await Should.ThrowAsync<FlowException>(() => Attempt(_ => throw new FlowException(FailureKind.DailyCapReached, "cap")));
        refused.Failure.Kind.ShouldBe(FailureKind.DailyCapReached);

        (await Attempt(Make)).ShouldBe("job-1");
    }

    [Fact(Timeout = 60_000)]
    public async Task Of_many_at_once_one_makes_it()
    {
        string?[] results = await Task.WhenAll(Enumerable.Range(0, 16).Select(async _ =>
        {
            try
            {
                return await Attempt(Make);
            }
            catch (FlowException waiting) when (waiting.Failure.Kind == FailureKind.Ambiguous)
            {
                return null;
            }
        }));

        _service.Count.ShouldBe(1);
        results.Where(r => r is not null).Distinct().ShouldBe(["job-1"]);
    }

    private async Task<Failure> Refusal()
    {
        Failure failure = (await Should.ThrowAsync<FlowException>(() => Attempt(Make))).Failure;
        failure.Kind.ShouldBe(FailureKind.Ambiguous);
        return failure;
    }

    private Task<string> Attempt(Func<CancellationToken, Task<string>> make) => new SpendOnce(_store, _clock).RunAsync(
        _record, Grace, _ => Task.FromResult(Existing), make, TestContext.Current.CancellationToken);

    private string? Existing
    {
        get
        {
            lock (_service)
            {
                return _service.FirstOrDefault();
            }
        }
    }

    private Task<string> Make(CancellationToken cancellation)
    {
        lock (_service)
        {
            _service.Add($"job-{_service.Count + 1}");
            return Task.FromResult(_service[^1]);
        }
    }

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = DateTimeOffset.UnixEpoch;

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
