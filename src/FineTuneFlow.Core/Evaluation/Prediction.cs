using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Evaluation;

/// <summary>One model's answer for one row; a line of <c>predictions/{candidate}/*.jsonl</c>.</summary>
public sealed record Prediction
{
    /// <summary>The row's id, by which it is joined with the holdout.</summary>
    public required string Id { get; init; }
    /// <summary>One of the recipe's labels; null where there is an <see cref="Error"/>.</summary>
    public string? Label { get; init; }
    /// <summary>Probability by label, normalised to sum 1 over the recipe's labels; null where the model gives none.</summary>
    public ImmutableSortedDictionary<string, double>? Probabilities { get; init; }
    /// <summary>Probability that the model gave to anything but the labels, before normalising; 0 to 1.</summary>
    public double? OtherMass { get; init; }
    /// <summary>Why there is no label; a counted error, never a dropped row.</summary>
    public PredictionError? Error { get; init; }
    public int? PromptTokens { get; init; }
    public int? CompletionTokens { get; init; }
    /// <summary>Tokens of thinking, which are among <see cref="CompletionTokens"/>; null where there was none.</summary>
    public int? ReasoningTokens { get; init; }
    /// <summary>Milliseconds from sending the request to its answer, without waiting for a rate limit.</summary>
    public double? LatencyMs { get; init; }
    /// <summary>Answered in a batch, at the batch's price.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Batched { get; init; }
    /// <summary>The answer was had, and paid for, by an earlier run that this one repeats.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool PaidBefore { get; init; }
}

public enum PredictionError
{
    /// <summary>No prediction for the row at all.</summary>
    Missing,
    /// <summary>The answer is none of the labels.</summary>
    Unparsable,
    /// <summary>The model refused (content filter, refusal message).</summary>
    Refused,
    /// <summary>The call failed for good.</summary>
    Failed,
}
