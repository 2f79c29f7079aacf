using FineTuneFlow.Workflow.Durable;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Turns a candidate's stored answers into figures.</summary>
public sealed class ScoreCandidate(CandidateScores scores) : IActivity<ScoreCandidateInput, CandidateScore>
{
    public Task<CandidateScore> RunAsync(ScoreCandidateInput input, CancellationToken cancellation) =>
        scores.ScoreAsync(input.RunId, input.Candidate.Name, input.Candidate.Kind, input.Candidate, cancellation);
}

public sealed record ScoreCandidateInput(string RunId, PlannedCandidate Candidate);
