using FineTuneFlow.Core.Costs;
using FineTuneFlow.Core.Datasets.Profiling;
using FineTuneFlow.Workflow.Evaluation;

namespace FineTuneFlow.Api.Datasets;

/// <summary>Counts what a check has sampled with a model's own tokenizer, each row in the form in which it would be sent: an ending melts
/// into the sign before it, so that text and ending counted apart are too many. What was not sampled is taken by its size.</summary>
internal static class CheckedTokens
{
    /// <returns>Null where no tokenizer of the model is known.</returns>
    /// <param name="model">The base model.</param>
    /// <param name="composer">How the candidate is trained and asked.</param>
    /// <param name="rows">What was sampled.</param>
    /// <param name="profile">Of all rows.</param>
    /// <param name="asked">Rows of the holdout that are asked; null: all.</param>
    public static CountedTokens? Of(string model, QuestionComposer composer, CheckedRows rows, DatasetProfile profile, long? asked)
    {
        if (TokenCounter.For(model) is not { } counter || rows.All.IsEmpty)
        {
            return null;
        }

        (SplitProfile train, SplitProfile test) = (profile.Splits[0], profile.Splits[2]);
        double training = Total(rows.Train, train, row => composer.ExampleTokens(counter, row.Text, row.Label));
        double prompt = Total(rows.Test, test, row => (int)composer.PromptTokens(counter, [row.Text]));
        return new CountedTokens(
            counter.Encoding, training, prompt * Math.Min(1, (double)(asked ?? test.Rows) / Math.Max(1, test.Rows)),
            Math.Min(1, rows.All.Length / (double)Math.Max(1, profile.Splits.Sum(split => split.Rows))));

        double Total(IReadOnlyCollection<CheckedRow> sampled, SplitProfile split, Func<CheckedRow, int> tokens)
        {
            if (sampled.Count == split.Rows)
            {
                return sampled.Sum(row => (double)tokens(row));
            }

            // What a text takes follows its size, what its form adds is the same for all.
            double texts = rows.All.Sum(row => (double)counter.Count(row.Text));
            double form = (rows.All.Sum(row => (double)tokens(row)) - texts) / rows.All.Length;
            double size = rows.All.Sum(row => (double)row.Tokens);
            return (split.Tokens.Likely * (size > 0 ? texts / size : 1)) + (split.Rows * form);
        }
    }
}
