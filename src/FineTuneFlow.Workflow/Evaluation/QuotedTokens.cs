using System.Collections.Immutable;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets;
using FineTuneFlow.Core.Recipes;
using FineTuneFlow.Core.Reports;
using FineTuneFlow.Workflow.Ports;
using FineTuneFlow.Workflow.Runs;

namespace FineTuneFlow.Workflow.Evaluation;

/// <summary>Counts a run's tokens with its models' own tokenizers, from the written splits: all rows where that is cheap, else a sample
/// spread evenly over them.</summary>
public sealed class QuotedTokens(IBlobStore store, CandidateQuestions questions)
{
    /// <summary>Rows of a split that are counted at the most: about two seconds of one core for reviews.</summary>
    private const int MostRows = 20_000;

    /// <param name="runId">A run whose data are prepared.</param>
    /// <param name="candidates">As planned.</param>
    /// <param name="recipe">The run's.</param>
    /// <returns>By candidate; those whose model has no known tokenizer are not in it.</returns>
    public async Task<ImmutableDictionary<string, CountedTokens>> CountAsync(
        string runId, ImmutableArray<PlannedCandidate> candidates, Recipe recipe, CancellationToken cancellation)
    {
        var counted = ImmutableDictionary.CreateBuilder<string, CountedTokens>(StringComparer.Ordinal);
        PlannedCandidate[] known = [.. candidates.Where(candidate => candidate.Kind != OutcomeKind.Champion && TokenCounter.For(candidate.Model) is not null)];
        if (known.Length == 0)
        {
            return counted.ToImmutable();
        }

        (DatasetRow[] train, double trainScale) = await SampleAsync(runId, Split.Train, null, cancellation);
        (DatasetRow[] holdout, double holdoutScale) = await SampleAsync(runId, Split.Test, recipe.Evaluation.SampleRows, cancellation);
        var training = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (PlannedCandidate candidate in known)
        {
            TokenCounter counter = TokenCounter.For(candidate.Model)!;
            (QuestionComposer composer, _, _) = await questions.OfAsync(runId, candidate, cancellation);
            double file = 0;
            if (candidate.Trains && !training.TryGetValue(candidate.Form + counter.Encoding, out file))
            {
                // Candidates of one form share a file, and what it holds.
                file = training[candidate.Form + counter.Encoding] = train.Sum(row => (double)composer.ExampleTokens(counter, row.Text, row.Label)) * trainScale;
            }

            double prompt = composer.PromptTokens(counter, holdout.Select(row => row.Text)) * holdoutScale;
            counted[candidate.Name] = new CountedTokens(counter.Encoding, file, prompt, Math.Min(1, 1 / Math.Max(trainScale, holdoutScale)));
        }

        return counted.ToImmutable();
    }

    /// <summary>Rows to count, and by how much what they take has to be multiplied.</summary>
    private async Task<(DatasetRow[] Rows, double Scale)> SampleAsync(string runId, Split split, int? asked, CancellationToken cancellation)
    {
        List<DatasetRow> all = await store.ReadLinesAsync<DatasetRow>(RunPaths.Rows(runId, split), cancellation);
        int most = Math.Min(MostRows, all.Count);
        DatasetRow[] rows = most == all.Count ? [.. all] : [.. Enumerable.Range(0, most).Select(i => all[(int)((long)i * all.Count / most)])];
        double wanted = Math.Min(asked ?? all.Count, all.Count);
        return (rows, rows.Length == 0 ? 1 : wanted / rows.Length);
    }
}
