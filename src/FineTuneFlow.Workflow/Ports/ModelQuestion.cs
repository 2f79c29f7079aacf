using System.Collections.Immutable;
using FineTuneFlow.Core.Training;

namespace FineTuneFlow.Workflow.Ports;

/// <summary>One request for an answer.</summary>
public sealed record ModelQuestion
{
    /// <summary>Model id; at Azure the deployment's name.</summary>
    public required string Model { get; init; }
    public required ModelFamily Family { get; init; }
    /// <summary>Chat: the messages. Completion: one message whose content is the whole prompt.</summary>
    public required ImmutableArray<ChatTurn> Messages { get; init; }
    /// <summary>Tokens the answer may have, from 1.</summary>
    public required int MaxTokens { get; init; }
    /// <summary>Null: the service's own, for models that take none.</summary>
    public double? Temperature { get; init; }
    /// <summary>How long a model that thinks may think; null: not said.</summary>
    public string? ReasoningEffort { get; init; }
    /// <summary>Alternatives a position to ask log-probabilities for: chat 0 to 20, completion 0 to 5.</summary>
    public int TopLogProbabilities { get; init; }
}

/// <param name="Role">system, user or assistant.</param>
/// <param name="Content">Its text.</param>
public sealed record ChatTurn(string Role, string Content);
