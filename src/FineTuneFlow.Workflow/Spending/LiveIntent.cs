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
    private readonly CancellationTokenSource _ended = new();
    private readonly Task _beating;

    /// <param name="store">Where the intent stands.</param>
    /// <param name="time">For the beat and its stamps.</param>
    /// <param name="record">The intent, which is ours.</param>
    /// <param name="etag">Under which it was written.</param>
    /// <param name="interval">Between two beats: a part of the time after which others take it for left behind.</param>
    /// <param name="since">When the first attempt began.</param>
    public LiveIntent(IBlobStore store, TimeProvider time, BlobPath record, string etag, TimeSpan interval, DateTimeOffset since)
    {
        (_store, _time, _record, ETag, Since) = (store, time, record, etag, since);
        _beating = BeatAsync(interval);
    }

    /// <summary>Of what was written last. After disposal it does not change any more.</summary>
    public string ETag { get; private set; }

    /// <summary>When the first attempt began.</summary>
    public DateTimeOffset Since { get; }

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
                var intent = new SpendRecord<T>(_time.GetUtcNow(), SpendState.Intended, null, Since);
                ETag = (await _store.WriteJsonAsync(_record, intent, WriteCondition.Matches(ETag), CancellationToken.None)).ETag;
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
}
