using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Durable;
using FineTuneFlow.Workflow.Evaluation;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Activities;

/// <summary>Trains the linear model in process, predicts the judged rows and scores them like every other candidate.</summary>
public sealed class TrainLinearBaseline(IBlobStore store, CandidateScores scores) : IActivity<LinearBaselineInput, CandidateScore>
{
    public async Task<CandidateScore> RunAsync(LinearBaselineInput input, CancellationToken cancellation)
    {
        Recipe recipe = await RunRecipes.ReadAsync(store, input.RunId, cancellation);
        DatasetRow[] train = await JudgedRows.ReadAsync(store, RunPaths.Rows(input.RunId, Split.Train), cancellation);
        DatasetRow[] validation = await JudgedRows.ReadAsync(store, RunPaths.Rows(input.RunId, Split.Validation), cancellation);
        EvaluationPlan plan = await store.ReadJsonAsync<EvaluationPlan>(RunPaths.EvaluationPlan(input.RunId), cancellation);
        LinearClassifier model = LinearBaseline.Train(Texts(train), Texts(validation), recipe.Dataset.Split.Seed, ct: cancellation);
        await SaveModel(input, model, cancellation);

        DatasetRow[] judged = await JudgedRows.ReadAsync(store, BlobPath.Parse(plan.Source), cancellation);
        await store.WriteLinesAsync(
            RunPaths.Predictions(input.RunId, input.Name, 0), judged.Select(row => LinearPrediction.Of(model, row.Id, row.Text)), cancellation);
        return await scores.ScoreAsync(input.RunId, input.Name, OutcomeKind.LinearBaseline, null, cancellation);
    }

    private static LabelledText[] Texts(DatasetRow[] rows) => [.. rows.Select(r => new LabelledText(r.Text, r.Label))];

    private async Task SaveModel(LinearBaselineInput input, LinearClassifier model, CancellationToken cancellation)
    {
        using var bytes = new MemoryStream();
        model.Save(bytes);
        bytes.Position = 0;
        // A binary file already, which its reader takes packed and unpacked: it keeps its name.
        await store.WritePackedAsync(RunPaths.Baseline(input.RunId, input.Name, "model.bin"), bytes, cancellation);
    }
}

public sealed record LinearBaselineInput(string RunId, string Name);
