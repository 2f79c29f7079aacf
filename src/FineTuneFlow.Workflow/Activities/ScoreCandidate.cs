using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Observability;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Turns a candidate's stored answers into figures.</summary>
public sealed class ScoreCandidate(CandidateScores scores, FlowTelemetry telemetry) : IActivity<ScoreCandidateInput, CandidateScore>
{
    public async Task<CandidateScore> RunAsync(ScoreCandidateInput input, CancellationToken cancellation)
    {
        CandidateScore score = await scores.ScoreAsync(input.RunId, input.Candidate.AnswersAs, input.Candidate.Kind, input.Candidate, cancellation);
        if (!score.Simulated)
        {
            telemetry.Spent(input.Candidate.Provider, "evaluation", score.CostUsd - score.PaidBeforeUsd);
        }

        return score;
    }
}

public sealed record ScoreCandidateInput(string RunId, PlannedCandidate Candidate);
