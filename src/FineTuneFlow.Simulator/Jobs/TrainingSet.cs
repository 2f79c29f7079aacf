using FineTuneFlow.Core.Training;
using FineTuneFlow.Simulator.Inference;

namespace FineTuneFlow.Simulator.Jobs;

/// <summary>The examples of a job in the form in which the classifier learns them.</summary>
/// <param name="Answers">Different answers.</param>
/// <param name="LabelTokens">Tokens of an answer, on average.</param>
internal sealed record TrainingSet(List<LabelledText> Rows, List<LabelledText> Validation, string PromptEnding, int Answers, double LabelTokens)
{
    /// <summary>Answers beyond these, the most frequent ones, are not learned: the classifier is not a writer of free text.</summary>
    private const int MaximumAnswers = 500;

    public static TrainingSet Of(List<TrainingExample> training, List<TrainingExample> validation, ModelFamily family)
    {
        string ending = family == ModelFamily.Completion ? EndingOf(training) : "";
        HashSet<string> answers = [.. training
            .GroupBy(example => example.Output, StringComparer.Ordinal)
            .OrderByDescending(group => group.Count())
            .ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(MaximumAnswers)
            .Select(group => group.Key)];
        return new TrainingSet(
            [.. training.Where(example => answers.Contains(example.Output)).Select(example => Row(example, ending))],
            [.. validation.Select(example => Row(example, ending))],
            ending,
            answers.Count,
            training.Average(example => (double)Tokenizer.Count(example.Output)));
    }

    private static LabelledText Row(TrainingExample example, string ending) =>
        new(example.Input.EndsWith(ending, StringComparison.Ordinal) ? example.Input[..^ending.Length] : example.Input, example.Output);

    /// <summary>What every prompt ends with, from its first white space on: texts that all happen to end with a full stop have no
    /// ending for that.</summary>
    private static string EndingOf(List<TrainingExample> examples)
    {
        string common = examples[0].Input;
        foreach (TrainingExample example in examples)
        {
            int length = 0;
            while (length < common.Length && length < example.Input.Length && common[^(length + 1)] == example.Input[^(length + 1)])
            {
                length++;
            }

            common = common[^length..];
        }

        int start = common.AsSpan().IndexOfAny('\n', ' ', '\t');
        if (start >= 0 && common[start..].Trim().Length > 0)
        {
            return common[start..];
        }

        return common.Length >= 2 && !common.Any(char.IsLetterOrDigit) ? common : "";
    }
}
