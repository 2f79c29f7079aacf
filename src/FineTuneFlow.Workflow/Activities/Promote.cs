using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Carries out the verdict: the winner becomes the project's champion, unless another has become so while the run went on, and the
/// runner-up its challenger.</summary>
public sealed class Promote(Champions champions) : IActivity<PromoteInput, PromotionResult>
{
    public async Task<PromotionResult> RunAsync(PromoteInput input, CancellationToken cancellation)
    {
        PromotionResult result = input.Candidate is null ? new PromotionResult(null) : await PromoteAsync(input, input.Candidate, cancellation);
        if (input.RunnerUp is { } runnerUp)
        {
            await champions.ChallengeAsync(
                input.Run.Project, new PromotionOrder(input.Run.RunId, runnerUp, "rule", $"the runner-up of {input.Run.RunId}"), cancellation);
        }

        return result;
    }

    private async Task<PromotionResult> PromoteAsync(PromoteInput input, string candidate, CancellationToken cancellation)
    {
        try
        {
            var order = new PromotionOrder(input.Run.RunId, candidate, "rule", input.Reason, input.OnlyOver);
            await champions.PromoteAsync(input.Run.Project, order, cancellation);
            return new PromotionResult(candidate);
        }
        catch (FlowException error) when (error.Failure.Kind == FailureKind.Conflict)
        {
            return new PromotionResult(null, $"{candidate} was not promoted: {error.Failure}");
        }
    }
}

/// <param name="Run">The run.</param>
/// <param name="Candidate">To be promoted; null: none.</param>
/// <param name="OnlyOver">The version that it was judged against; 0: the project had no champion.</param>
/// <param name="Reason">The verdict's words.</param>
/// <param name="RunnerUp">Becomes the challenger; null: the challenger stays who it is.</param>
public sealed record PromoteInput(RunInput Run, string? Candidate, int OnlyOver, string Reason, string? RunnerUp = null);

/// <param name="Promoted">The new champion; null: none.</param>
/// <param name="Note">Why the verdict was not carried out; null: it was, or there was nothing to do.</param>
public sealed record PromotionResult(string? Promoted, string? Note = null);
