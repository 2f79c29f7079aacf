using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Orchestrations;

/// <summary>Which instances wait by a timer for a candidate, by what it is and how far it has come.</summary>
internal static class WaitingInstances
{
    public static string[] Of(string runId, CandidateRecord candidate) => (candidate.Kind, candidate.State) switch
    {
        (OutcomeKind.LinearBaseline, _) => [],
        (OutcomeKind.Champion, _) when candidate.Provider is null => [],
        (OutcomeKind.ContainerBaseline or OutcomeKind.Encoder, CandidateState.Training) => [Flows.BaselineId(runId, candidate.Name)],
        (_, CandidateState.Training) => [Flows.TrainId(runId, candidate.Name), Flows.MonitorId(runId, candidate.Name)],
        (_, CandidateState.Evaluating) => [Flows.EvaluateId(runId, candidate.Name)],
        _ => [],
    };
}
