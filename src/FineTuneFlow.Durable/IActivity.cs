namespace FineTuneFlow.Durable;

/// <summary>A step that touches the world. It may be run more than once for one call (a worker dies after the act and before
/// the record), so it first looks for what an earlier run has left. Failures are thrown as
/// <see cref="Core.Failures.FlowException"/>; any other exception counts as Internal.</summary>
public interface IActivity<in TIn, TOut>
{
    Task<TOut> RunAsync(TIn input, CancellationToken cancellation);
}
