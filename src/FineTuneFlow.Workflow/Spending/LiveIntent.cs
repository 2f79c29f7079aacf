using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Workflow.Spending;

/// <summary>The intent of an attempt that is under way, kept fresh until it is disposed of: however long the making takes, nobody
/// takes its maker for dead. Begins to beat when it is made.</summary>
internal sealed class LiveIntent<T> : IAsyncDisposable
    where T : class
{
    private readonly IBlobStore _store;
    private readonly TimeProvider _time;
    private readonly BlobPath _record;
    private readonly SpendRecord<T> _intent;
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _beating;

    /// <param name="store">Where the intent stands.</param>
    /// <param name="time">For the beat and its stamps.</param>
    /// <param name="record">Where it stands.</param>
    /// <param name="intent">Ours, as it was written.</param>
    /// <param name="etag">Under which it was written.</param>
    /// <param name="interval">Between two beats: a part of the time after which others take it for left behind.</param>
    public LiveIntent(IBlobStore store, TimeProvider time, BlobPath record, SpendRecord<T> intent, string etag, TimeSpan interval)
    {
        (_store, _time, _record, _intent, ETag) = (store, time, record, intent, etag);
        _beating = BeatAsync(interval);
    }

    /// <summary>Of what was written last. After disposal it does not change any more.</summary>
    public string ETag { get; private set; }

    /// <summary>When the first attempt began.</summary>
    public DateTimeOffset? Since => _intent.Since;

    /// <summary>Whether the intent in storage is this one: where it could not beat for long enough, another attempt may have begun.</summary>
    public async Task<bool> StandsAsync() =>
        await _store.FindJsonAsync<SpendRecord<T>>(_record, CancellationToken.None) is { Value: var stored } && stored.Holder == _intent.Holder;

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        await _beating;
        _ended.Dispose();
    }

    private async Task BeatAsync(TimeSpan interval)
    {
        while (true)
        {
            try
            {
                await Task.Delay(interval, _time, _ended.Token);
                await BeatAsync();
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (FlowException taken) when (taken.Failure.Kind == FailureKind.Conflict)
            {
                return; // This machine stood still for longer than the grace period, and another attempt has begun.
            }
            catch (FlowException)
            {
                // The storage is in trouble for a moment; the next beat may get through.
            }
        }
    }

    private async Task BeatAsync()
    {
        SpendRecord<T> now = _intent with { At = _time.GetUtcNow() };
        try
        {
            ETag = (await _store.WriteJsonAsync(_record, now, WriteCondition.Matches(ETag), CancellationToken.None)).ETag;
        }
        catch (FlowException changed) when (changed.Failure.Kind == FailureKind.Conflict)
        {
            // Perhaps by ourselves: the answer to an earlier beat may have been lost.
            if (await _store.FindJsonAsync<SpendRecord<T>>(_record, CancellationToken.None) is not var (stored, etag) || stored.Holder != _intent.Holder)
            {
                throw;
            }

            ETag = (await _store.WriteJsonAsync(_record, now, WriteCondition.Matches(etag), CancellationToken.None)).ETag;
        }
    }
}
