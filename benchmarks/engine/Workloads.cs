using FineTuneFlow.Durable;

namespace FineTuneFlow.Benchmarks.Engine;

/// <summary>The orchestrations that are measured. Their activity does nothing, so that the engine is what is measured.</summary>
internal static class Workloads
{
    public static readonly ActivityName<int, int> Echo = new("Echo");
    public static readonly EventName<int> Tick = new("Tick");
    public static readonly OrchestrationName<int, int> FanOut = new("FanOut");
    public static readonly OrchestrationName<int, int> Sequence = new("Sequence");
    public static readonly OrchestrationName<int, int> SequenceThenWait = new("SequenceThenWait");
    public static readonly OrchestrationName<int, int> Events = new("Events");
    public static readonly OrchestrationName<int, int> Wait = new("Wait");
    public static readonly OrchestrationName<int, int> Poll = new("Poll");

    /// <summary>Called when an activity begins, with its input.</summary>
    public static Action<int> Began { get; set; } = _ => { };

    public static WorkflowCatalog Catalog { get; } = new WorkflowCatalog()
        .With(Echo, _ => new EchoActivity())
        .With(FanOut, async (context, n) => (await Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallAsync(Echo, i)))).Length)
        .With(Sequence, StepsAsync)
        .With(SequenceThenWait, async (context, n) => await StepsAsync(context, n) + await context.WaitForEvent(Tick))
        .With(Events, async (context, n) =>
        {
            for (int i = 0; i < n; i++)
            {
                await context.WaitForEvent(Tick);
            }

            return n;
        })
        .With(Wait, async (context, days) =>
        {
            await context.Delay(TimeSpan.FromDays(days));
            return days;
        })
        .With(Poll, async (context, seconds) =>
        {
            // Begins somewhere within the first interval, as runs that were started at different times do.
            await context.Delay(TimeSpan.FromSeconds(context.NewGuid().ToByteArray()[0] / 256.0 * seconds));
            while (true)
            {
                await context.CallAsync(Echo, 0);
                await context.Delay(TimeSpan.FromSeconds(seconds));
            }
        });

    private static async Task<int> StepsAsync(IOrchestrationContext context, int n)
    {
        for (int i = 0; i < n; i++)
        {
            await context.CallAsync(Echo, i);
        }

        return n;
    }

    private sealed class EchoActivity : IActivity<int, int>
    {
        public Task<int> RunAsync(int input, CancellationToken cancellation)
        {
            Began(input);
            return Task.FromResult(input);
        }
    }
}
