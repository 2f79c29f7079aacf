namespace FineTuneFlow.Workflow.Tests;

/// <summary>The system's clock, on which all waits are so many times shorter: for whole runs that go on trying for minutes.</summary>
internal sealed class HurryingClock(double times) : TimeProvider
{
    private readonly DateTimeOffset _begun = DateTimeOffset.UtcNow;
    private readonly long _stamp = System.GetTimestamp();

    public override long TimestampFrequency => System.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => _begun + (System.GetElapsedTime(_stamp) * times);

    public override long GetTimestamp() => _stamp + (long)((System.GetTimestamp() - _stamp) * times);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(System.CreateTimer(callback, state, Shortened(dueTime, times), Shortened(period, times)), times);

    private static TimeSpan Shortened(TimeSpan wait, double times) => wait > TimeSpan.Zero ? wait / times : wait;

    private sealed class Timer(ITimer timer, double times) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => timer.Change(Shortened(dueTime, times), Shortened(period, times));

        public void Dispose() => timer.Dispose();

        public ValueTask DisposeAsync() => timer.DisposeAsync();
    }
}
