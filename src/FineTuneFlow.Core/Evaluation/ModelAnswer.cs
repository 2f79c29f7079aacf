using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>A provider's answer for one row, as an adapter read it from the wire and before it is parsed into a
/// <see cref="Prediction"/>.</summary>
/// <param name="Text">The generated text; empty where the model gave none.</param>
/// <param name="Tokens">For every generated position the alternatives that the service listed (the chosen token among them),
/// in any order; empty where log-probabilities were not asked or not given.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c>, <c>content_filter</c>... as the service wrote it.</param>
/// <param name="Refusal">The chat message's <c>refusal</c>, if there is one.</param>
/// <param name="PromptTokens">From <c>usage</c>.</param>
/// <param name="CompletionTokens">From <c>usage</c>.</param>
/// <param name="LatencyMs">Milliseconds from sending the request to its answer, without waiting for a rate limit.</param>
public sealed record ModelAnswer(
    string Text,
    ImmutableArray<ImmutableArray<TokenAlternative>> Tokens,
    string? FinishReason,
    string? Refusal,
    int? PromptTokens,
    int? CompletionTokens,
    double LatencyMs)
{
    /// <summary>Tokens of thinking before the answer; they are among <see cref="CompletionTokens"/>. Null where the service tells none.</summary>
    public int? ReasoningTokens { get; init; }

    /// <summary>What the service said about its rate limit beside this answer; for pacing, never stored.</summary>
    [JsonIgnore]
    public RateLimitNote? RateLimit { get; init; }
}

/// <param name="Token">The token's text, with its leading space if it has one.</param>
/// <param name="LogProbability">Natural logarithm of its probability; at most 0.</param>
public sealed record TokenAlternative(string Token, double LogProbability);

/// <param name="Limit">Requests that a full allowance holds.</param>
/// <param name="Remaining">Requests that are left of it.</param>
/// <param name="Reset">Until it is full again.</param>
public sealed record RateLimitNote(int Limit, int Remaining, TimeSpan Reset);
