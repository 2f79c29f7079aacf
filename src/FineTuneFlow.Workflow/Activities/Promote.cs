using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Carries out the verdict: the winner becomes the project's champion.</summary>
public sealed class Promote(Champions champions) : IActivity<PromoteInput, PromotionResult>
{
    public async Task<PromotionResult> RunAsync(PromoteInput input, CancellationToken cancellation)
    {
        if (input.Candidate is null)
        {
            return new PromotionResult(null);
        }

        await champions.PromoteAsync(input.Run.Project, input.Run.RunId, input.Candidate, "rule", cancellation);
        return new PromotionResult(input.Candidate);
    }
}

public sealed record PromoteInput(RunInput Run, string? Candidate);

/// <param name="Promoted">The new champion; null: none.</param>
public sealed record PromotionResult(string? Promoted);
