namespace FineTuneFlow.Simulator.Inference;

/// <param name="Tokens">As emitted.</param>
/// <param name="Finished">Whether the model has come to its end; else the token limit cut it.</param>
internal sealed record Answer(List<AnswerToken> Tokens, bool Finished)
{
    /// <summary>The prompt, where it is to be repeated before the answer.</summary>
    public string Echo { get; init; } = "";

    public string Text => Tokens.Count == 1 && Echo.Length == 0 ? Tokens[0].Token.Text : Echo + string.Concat(Tokens.Select(token => token.Token.Text));
}

/// <param name="Token">What was emitted.</param>
/// <param name="Top">The most probable tokens at this place.</param>
internal sealed record AnswerToken(TokenProbability Token, TokenProbability[] Top);

/// <param name="LogProbability">Natural logarithm.</param>
internal readonly record struct TokenProbability(string Text, double LogProbability);
