using System.Diagnostics;

namespace FineTuneFlow.Mutation.Running;

/// <summary>Tells when a process will not answer any more: it has taken more of a processor than allowed, or does nothing. On a busy machine
/// the clock alone would take a process for stalled that is only waiting for its turn.</summary>
internal sealed class Stall : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // What a runtime does by itself while it waits stays below this share of a processor.
    private const double IdleShare = 0.005;

    private readonly CancellationTokenSource _stalled = new();
    private readonly Process _process;
    private readonly TimeSpan _limit;
    private readonly TimeSpan _longestIdle;
    private readonly Timer _timer;
    private readonly TimeSpan _start;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private TimeSpan _lastUsed;
    private long _lastBusy = Stopwatch.GetTimestamp();

    /// <param name="limit">Processor time that it may take. On the clock it may take ten times as long, whatever it does.</param>
    /// <param name="longestIdle">How long it may do nothing.</param>
    public Stall(Process process, TimeSpan limit, TimeSpan longestIdle)
    {
        _process = process;
        _limit = limit;
        _longestIdle = longestIdle;
        _start = _lastUsed = process.TotalProcessorTime;
        _timer = new Timer(_ => Look(), null, Interval, Interval);
    }

    public CancellationToken Token => _stalled.Token;

    public void Dispose()
    {
        _timer.Dispose();
        _stalled.Dispose();
    }

    private void Look()
    {
        try
        {
            _process.Refresh();
            TimeSpan used = _process.TotalProcessorTime;
            TimeSpan idle = Stopwatch.GetElapsedTime(_lastBusy);
            if (used - _lastUsed > idle * IdleShare + TimeSpan.FromMilliseconds(10))
            {
                (_lastUsed, _lastBusy, idle) = (used, Stopwatch.GetTimestamp(), TimeSpan.Zero);
            }

            if (used - _start > _limit || idle > _longestIdle || Stopwatch.GetElapsedTime(_begun) > _limit * 10)
            {
                _stalled.Cancel();
            }
        }
        catch (Exception exception) when (exception is InvalidOperationException or ObjectDisposedException)
        {
            // The process has ended, or its answer has come meanwhile.
        }
    }
}
