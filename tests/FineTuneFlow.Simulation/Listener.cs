using FineTuneFlow.Durable;

namespace FineTuneFlow.Simulation;

/// <summary>An orchestration of the simulation's own, which tells afterwards which events it was given: numbered ones, while it begins
/// anew after each. The product's waits look again after some time, so that with them alone a lost event would only be a delay.</summary>
internal static class Listener
{
    public const string Id = "listener";

    public static readonly OrchestrationName<ListenerInput, ListenerInput> Name = new(nameof(Listener));
    public static readonly EventName<Number> Told = new(nameof(Told));

    public static async Task<ListenerInput> RunAsync(IOrchestrationContext context, ListenerInput input)
    {
        Number number = await context.WaitForEvent(Told);
        var heard = new ListenerInput([.. input.Heard, number.Value]);
        if (number.Value == input.Last)
        {
            return heard;
        }

        // What comes meanwhile is taken by nobody in this execution.
        await context.Delay(TimeSpan.FromSeconds(7));
        context.ContinueAsNew(heard with { Last = input.Last });
        return heard;
    }

    /// <param name="Heard">So far, in their order.</param>
    /// <param name="Last">The one to end with.</param>
    internal sealed record ListenerInput(IReadOnlyList<int> Heard, int Last = 0);

    internal sealed record Number(int Value);
}
