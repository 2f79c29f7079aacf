namespace FineTuneFlow.Durable.Conformance;

internal sealed class Step<TIn, TOut>(Func<TIn, Task<TOut>> run) : IActivity<TIn, TOut>
{
    public Task<TOut> RunAsync(TIn input, CancellationToken cancellation) => run(input);
}
