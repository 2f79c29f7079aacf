namespace FineTuneFlow.Simulator.Inference;

/// <summary>All of an answer to one request, before it is written whole or as a stream.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="Id">Of the completion.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Model">As the answer names it.</param>
/// <param name="Answers">One a choice.</param>
/// <param name="PromptTokens">Of all prompts.</param>
/// <param name="PromptLengths">Text completions: characters of each prompt.</param>
internal sealed record Answered(
    InferenceRequest Request, string Id, long Created, string Model, List<Answer> Answers, int PromptTokens, IReadOnlyList<int> PromptLengths)
{
    /// <summary>Tokens of thinking, billed with the answer's.</summary>
    public int ReasoningTokens { get; init; }

    /// <summary>A chat whose log-probabilities come in the form of text completions (Together).</summary>
    public bool ListedLogProbabilities { get; init; }

    public int CompletionTokens => ReasoningTokens + Answers.Sum(answer => answer.Tokens.Count);
}
