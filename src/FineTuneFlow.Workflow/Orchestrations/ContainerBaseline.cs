using FineTuneFlow.Core.Failures;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Containers;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>A baseline trained in a container: started or found, waited for by a durable timer, its predictions scored by the
/// same code as every other candidate's.</summary>
public static class ContainerBaseline
{
    private const int PollsPerExecution = 50;
    private const int MostStarts = 5;
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan MaxInterval = TimeSpan.FromMinutes(2);

    public static async Task<CandidateScore> RunAsync(IOrchestrationContext context, ContainerBaselineInput input)
    {
        string? execution = input.Execution;
        int starts = input.Starts;
        TimeSpan interval = FirstInterval;
        for (int poll = 0; poll < PollsPerExecution; poll++)
        {
            if (execution is null)
            {
                ContainerStep started = await context.CallAsync(Steps.StartContainer, new ContainerStepInput(input.RunId, input.Baseline, null));
                if (started.Succeeded)
                {
                    // An earlier run's container has done the work: there is nothing to wait for.
                    return await context.CallAsync(Steps.CollectContainer, new ContainerStepInput(input.RunId, input.Baseline, null));
                }

                execution = started.ExecutionId;
                starts++;
            }

            ContainerStep step = await context.CallAsync(Steps.PollContainer, new ContainerStepInput(input.RunId, input.Baseline, execution));
            context.SetStatus(new CandidateProgress(step.State, step.Step, step.TotalSteps));
            if (step.Succeeded)
            {
                return await context.CallAsync(Steps.CollectContainer, new ContainerStepInput(input.RunId, input.Baseline, execution));
            }

            if (step.Failure is { } failure)
            {
                // A container that never began (image pull, no machine) is started again; one that failed in its work is not.
                if (failure.Kind != FailureKind.Unavailable || starts >= MostStarts)
                {
                    throw new FlowException(failure);
                }

                execution = null;
            }

            if (await context.WaitForEvent(Signals.Wake, context.UtcNow + interval) is null)
            {
                interval = interval * 1.5 < MaxInterval ? interval * 1.5 : MaxInterval;
            }
        }

        context.ContinueAsNew(input with { Execution = execution, Starts = starts });
        return new CandidateScore(input.Baseline, Core.Reports.OutcomeKind.ContainerBaseline, 0, 0, 0, 0, 0, 0, false);
    }
}

/// <param name="Baseline">Its name in the recipe.</param>
/// <param name="Execution">Carried over a new beginning.</param>
/// <param name="Starts">How often a container was started so far.</param>
public sealed record ContainerBaselineInput(string RunId, string Baseline, string? Execution = null, int Starts = 0);
