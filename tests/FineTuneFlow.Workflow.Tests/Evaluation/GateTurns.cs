using FineTuneFlow.Core.Failures;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Tests.Evaluation;

/// <summary>Turns at a gate whose clock stands still until the test moves it. What follows a turn runs on the test's own thread, when
/// the test asks how it stands.</summary>
public abstract class GateTurns
{
    private readonly Afterwards _afterwards = new();

    private protected StandingClock Clock { get; } = new();

    private protected ModelGate Gate(int mostAtOnce = 16, int? perMinute = null) => new("p", mostAtOnce, perMinute, Clock);

    private protected Task<long> Ask(ModelGate gate, CancellationToken cancellation = default)
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(_afterwards);
        try
        {
            return gate.EnterAsync(cancellation).AsTask();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }
    }

    private protected Task<long>[] Ask(ModelGate gate, int times) => [.. Enumerable.Range(0, times).Select(_ => Ask(gate))];

    private protected long Turn(ModelGate gate) => Taken(Ask(gate));

    private protected long[] Turns(ModelGate gate, int times) => [.. Enumerable.Range(0, times).Select(_ => Turn(gate))];

    private protected long Taken(Task<long> turn)
    {
        Went(turn).ShouldBeTrue("a turn was expected at once");
        return turn.GetAwaiter().GetResult();
    }

    private protected bool Went(Task turn)
    {
        _afterwards.Run();
        return turn.IsCompleted;
    }

    private protected int Going(params Task<long>[] turns) => turns.Count(turn => Went(turn) && turn.IsCompletedSuccessfully);

    private protected Failure Told(Task turn)
    {
        Went(turn).ShouldBeTrue();
        return Should.Throw<FlowException>(() => turn.GetAwaiter().GetResult()).Failure;
    }

    private protected TimeSpan? WaitTold(ModelGate gate) => Told(Ask(gate)).RetryAfter;

    /// <summary>It does not go a millisecond before that time, and goes then.</summary>
    private protected void ShouldGoAt(Task turn, double second)
    {
        Clock.MoveTo(second - 0.001);
        Went(turn).ShouldBeFalse($"it went before {second} s");
        Clock.MoveTo(second);
        Went(turn).ShouldBeTrue($"it has not gone at {second} s");
    }

    private sealed class Afterwards : SynchronizationContext
    {
        private readonly Queue<(SendOrPostCallback Run, object? State)> _queue = new();

        public override void Post(SendOrPostCallback d, object? state) => _queue.Enqueue((d, state));

        public void Run()
        {
            while (_queue.TryDequeue(out (SendOrPostCallback Run, object? State) next))
            {
                next.Run(next.State);
            }
        }
    }
}
