using System.Collections.Immutable;
using System.Text.Json;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Evaluation;
using FineTuneFlow.Core.Json;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;
using FineTuneFlow.Workflow.Spending;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Answers that the runs which a rerun repeats have had from the same model to the same question. Rows that failed then are
/// asked again.</summary>
public sealed class EarlierAnswers(IBlobStore store, EarlierRuns runs, Shots shots)
{
    /// <summary>By row id; those of the last run come first.</summary>
    public async Task<Dictionary<string, Prediction>> OfAsync(string runId, PlannedCandidate candidate, int chunk, CancellationToken cancellation)
    {
        var answers = new Dictionary<string, Prediction>();
        foreach (string run in await RunsAsync(runId, candidate, cancellation))
        {
            foreach (BlobPath had in new[] { RunPaths.Predictions(run, candidate.AnswersAs, chunk), RunPaths.Answers(run, candidate.AnswersAs, chunk) })
            {
                foreach (Prediction answer in (await store.ReadLinesAsync<Prediction>(had, cancellation)).Where(p => p.Error != PredictionError.Failed))
                {
                    answers.TryAdd(answer.Id, answer with { PaidBefore = true });
                }
            }
        }

        return answers;
    }

    /// <summary>How many rows' answers will be adopted of a candidate that is not trained yet, or not asked. Those to checkpoints do not count:
    /// which of them is judged may differ.</summary>
    public async Task<int> CountAsync(string runId, PlannedCandidate candidate, CancellationToken cancellation)
    {
        if (candidate.TriesCheckpoints)
        {
            return 0;
        }

        var rows = new HashSet<string>(StringComparer.Ordinal);
        foreach (string run in await runs.OfAsync(runId, cancellation))
        {
            if (!await AsksTheSameAsync(run, runId, candidate, mayTrainLater: true, cancellation))
            {
                continue;
            }

            foreach (string prefix in new[] { RunPaths.PredictionsPrefix(run, candidate.AnswersAs), RunPaths.AnswersPrefix(run, candidate.AnswersAs) })
            {
                await foreach (BlobEntry chunk in store.ListAsync(RunPaths.Runs, prefix, cancellation))
                {
                    if (RunPaths.HoldsAnswers(chunk.Path))
                    {
                        rows.UnionWith((await store.ReadLinesAsync<Prediction>(chunk.Path, cancellation)).Where(p => p.Error != PredictionError.Failed).Select(p => p.Id));
                    }
                }
            }
        }

        return rows.Count;
    }

    /// <summary>The runs whose answers count: found out once for all chunks of a candidate, and kept with the run.</summary>
    public async Task<ImmutableArray<string>> RunsAsync(string runId, PlannedCandidate candidate, CancellationToken cancellation)
    {
        BlobPath decided = RunPaths.AskedBefore(runId, candidate.AnswersAs);
        if (await store.FindJsonAsync<ImmutableArray<string>>(decided, cancellation) is { } known)
        {
            return known.Value;
        }

        ImmutableArray<string> earlier = await runs.OfAsync(runId, cancellation);
        if (earlier.IsEmpty)
        {
            return [];
        }

        var same = ImmutableArray.CreateBuilder<string>();
        foreach (string run in earlier)
        {
            if (await AsksTheSameAsync(run, runId, candidate, mayTrainLater: false, cancellation))
            {
                same.Add(run);
            }
        }

        await store.WriteJsonAsync(decided, same.ToImmutable(), cancellation: cancellation);
        return same.ToImmutable();
    }

    private async Task<bool> AsksTheSameAsync(string earlier, string runId, PlannedCandidate candidate, bool mayTrainLater, CancellationToken cancellation)
    {
        if (!await runs.SameRecipeAsync(earlier, runId, candidate.Name, cancellation) || await LabelsAsync(earlier, cancellation) != await LabelsAsync(runId, cancellation))
        {
            return false;
        }

        if (candidate.Trains && mayTrainLater)
        {
            return await runs.MadeAsync(earlier, candidate.Name, cancellation) is not null;
        }

        if (candidate.Trains)
        {
            // Which of its checkpoints a candidate was judged by may differ from run to run.
            return (!candidate.TriesCheckpoints || candidate.Asked is not null)
                && await runs.MadeAsync(runId, candidate.Name, cancellation) is { } ours
                && (await runs.MadeAsync(earlier, candidate.Name, cancellation))?.JobId == ours.JobId;
        }

        RunPlan? plan = (await store.FindJsonAsync<RunPlan>(RunPaths.Plan(earlier), cancellation))?.Value;
        return Text(plan?.Candidate(candidate.Name)) == Text(candidate)
            && await ShotsAsync(earlier, candidate.Name, cancellation) == await DrawnAsync(runId, candidate.Name, cancellation);
    }

    private async Task<string?> LabelsAsync(string runId, CancellationToken cancellation) =>
        (await store.FindJsonAsync<Manifest>(RunPaths.Manifest(runId), cancellation)) is { Value: var manifest } ? Text(manifest.Labels) : null;

    private async Task<string> ShotsAsync(string runId, string candidate, CancellationToken cancellation) =>
        Text((await store.FindJsonAsync<DatasetRow[]>(RunPaths.Shots(runId, candidate), cancellation))?.Value ?? []);

    /// <summary>Ours may not be drawn yet.</summary>
    private async Task<string> DrawnAsync(string runId, string candidate, CancellationToken cancellation)
    {
        Core.Recipes.Recipe recipe = await RunRecipes.ReadAsync(store, runId, cancellation);
        return recipe.Candidates.FirstOrDefault(c => c.Name == candidate) is { } asked
            ? Text<DatasetRow[]>([.. await shots.DrawAsync(runId, asked, recipe.Dataset.Split.Seed, cancellation)])
            : Text<DatasetRow[]>([]);
    }

    private static string Text<T>(T value) => JsonSerializer.Serialize(value, FlowJson.Compact);
}
