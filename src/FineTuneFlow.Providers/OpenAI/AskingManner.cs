using System.Text.RegularExpressions;
using FineTuneFlow.Core.Training;
using FineTuneFlow.Workflow.Ports;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>How a model has to be asked, as far as its refusals have taught: some think before they answer and then take neither
/// temperature nor log-probabilities. Learned once for a model; a refusal costs nothing.</summary>
/// <param name="Sampling">Temperature and log-probabilities are sent.</param>
/// <param name="Effort">Sent where the question names none, or one that the model does not take; null: not sent.</param>
/// <param name="TakesEffort">The model knows <c>reasoning_effort</c>.</param>
/// <param name="LimitField">Name of the answer's limit; null: the profile's.</param>
/// <param name="InBatchesOnly">The service answers it through its Batch API, and not otherwise.</param>
internal sealed partial record AskingManner(bool Sampling = true, string? Effort = null, bool TakesEffort = true, string? LimitField = null, bool InBatchesOnly = false)
{
    public static AskingManner Standard { get; } = new();

    /// <summary>The question in this manner.</summary>
    public ModelQuestion Apply(ModelQuestion question)
    {
        string? effort = TakesEffort ? Effort ?? question.ReasoningEffort : null;
        // A model that thinks without being told how long is given what medium takes.
        int budget = Sampling ? 0 : Reasoning.Budget(effort ?? "medium");
        int planned = Reasoning.Budget(question.ReasoningEffort);
        return question with
        {
            ReasoningEffort = effort,
            Temperature = Sampling ? question.Temperature : null,
            TopLogProbabilities = Sampling ? question.TopLogProbabilities : 0,
            MaxTokens = question.MaxTokens + Math.Max(0, budget - planned),
        };
    }

    /// <summary>What a refusal teaches.</summary>
    /// <param name="question">As the caller gave it.</param>
    /// <param name="sentLimit">Name under which the answer's limit was sent.</param>
    /// <param name="param">The field that was refused.</param>
    /// <param name="message">The service's sentence, in which it may list what it takes.</param>
    /// <returns>Null: nothing that could help.</returns>
    public AskingManner? Learn(ModelQuestion question, string sentLimit, string? param, string? message)
    {
        switch (param ?? Named(message))
        {
            case "temperature" or "top_p" or "logprobs" or "top_logprobs" when Sampling:
                // Thinking turned off, both are taken again: that is cheapest, and tells most.
                return TakesEffort && Effort is null && question.ReasoningEffort is null
                    ? this with { Effort = Reasoning.None }
                    : this with { Sampling = false };
            case "reasoning_effort" when TakesEffort:
                string? offered = Reasoning.Cheapest(Listed(message));
                return offered is not null && offered != (Effort ?? question.ReasoningEffort)
                    ? this with { Effort = offered, Sampling = offered == Reasoning.None }
                    : this with { TakesEffort = false, Effort = null, Sampling = Effort is null };
            case "max_tokens" or "max_completion_tokens" when LimitField is null:
                return this with { LimitField = sentLimit == "max_tokens" ? "max_completion_tokens" : "max_tokens" };
            default:
                return null;
        }
    }

    private static string? Named(string? message) => message is null ? null : Field().Match(message) is { Success: true } match ? match.Value : null;

    /// <summary>The values after "Supported values are".</summary>
    private static string[] Listed(string? message)
    {
        int at = message?.IndexOf("supported values", StringComparison.OrdinalIgnoreCase) ?? -1;
        return at < 0 ? [] : [.. Words().Matches(message![at..]).Select(match => match.Value)];
    }

    [GeneratedRegex("\\b(temperature|top_p|top_logprobs|logprobs|reasoning_effort|max_completion_tokens|max_tokens)\\b")]
    private static partial Regex Field();

    [GeneratedRegex("[a-z]+")]
    private static partial Regex Words();
}
