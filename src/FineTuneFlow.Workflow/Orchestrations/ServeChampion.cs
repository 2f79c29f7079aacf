using FineTuneFlow.Workflow.Activities;
using FineTuneFlow.Durable;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Keeps the deployments that a project's versions need in order to answer: makes them, looks at them daily, renews those that
/// expire, removes them when nothing refers to them. Ends when none is left.</summary>
public static class ServeChampion
{
    private static readonly TimeSpan WhilePending = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Otherwise = TimeSpan.FromHours(4);

    public static async Task<ServingProgress> RunAsync(IOrchestrationContext context, ServeChampionInput input)
    {
        ServingProgress progress = await context.CallAsync(Steps.KeepServing, input);
        context.SetStatus(progress);
        if (progress.Standing == 0)
        {
            return progress;
        }

        await context.WaitForEvent(Signals.Wake, context.UtcNow + (progress.Pending ? WhilePending : Otherwise));
        context.ContinueAsNew(input);
        return progress;
    }
}

public sealed record ServeChampionInput(string Project);
