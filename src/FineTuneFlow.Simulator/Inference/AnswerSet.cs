namespace FineTuneFlow.Simulator.Inference;

/// <summary>The answers that a model can give, as sequences of tokens.</summary>
internal sealed class AnswerSet
{
    public AnswerSet(IReadOnlyList<string> answers)
    {
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        var vocabulary = new List<string>();
        Tokens = new int[answers.Count][];
        for (int i = 0; i < answers.Count; i++)
        {
            Tokens[i] = [.. Tokenizer.Split(answers[i]).Select(token =>
            {
                if (!positions.TryGetValue(token, out int position))
                {
                    position = positions[token] = vocabulary.Count;
                    vocabulary.Add(token);
                }

                return position;
            })];
        }

        Vocabulary = [.. vocabulary];
    }

    /// <summary>Tokens of each answer, as positions in the vocabulary.</summary>
    public int[][] Tokens { get; }

    public string[] Vocabulary { get; }
}
