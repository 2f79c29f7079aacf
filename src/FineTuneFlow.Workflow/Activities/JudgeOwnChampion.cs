using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Models;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Asks a champion that is a model of our own for the judged rows, so that it stands beside its challengers.</summary>
public sealed class JudgeOwnChampion(IBlobStore store, OwnModels models, CandidateScores scores) : IActivity<JudgeOwnChampionInput, CandidateScore>
{
    public async Task<CandidateScore> RunAsync(JudgeOwnChampionInput input, CancellationToken cancellation)
    {
        EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(input.RunId), cancellation);
        DatasetRow[] judged = await JudgedRows.ReadAsync(store, BlobPath.Parse(plan.Source), cancellation);
        IOwnModel model = await models.GetAsync(input.Champion.Kind, input.Champion.Model);
        IReadOnlyList<Prediction> answers = model.Answer([.. judged.Select(row => row.Text)]);
        await store.WriteLinesAsync(
            RunPaths.Predictions(input.RunId, input.Name, 0), judged.Zip(answers, (row, answer) => answer with { Id = row.Id }), cancellation);
        return await scores.ScoreAsync(input.RunId, input.Name, OutcomeKind.Champion, null, cancellation);
    }
}

public sealed record JudgeOwnChampionInput(string RunId, string Name, OwnChampion Champion);
