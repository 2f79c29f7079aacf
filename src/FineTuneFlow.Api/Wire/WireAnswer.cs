using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using FineTuneFlow.Core.Costs;
using FineTuneFlow.Workflow.Watching;

namespace FineTuneFlow.Api.Wire;

/// <summary>An answer's parts in OpenAI's wire format. A label is one token here, whatever the model's own tokens are: its alternatives
/// are the project's other labels.</summary>
internal static class WireAnswer
{
    // The logarithm of what a model never says, as services write it.
    private const double Never = -9999;

    public static string Text(ServedAnswer served) => served.Answer.Label ?? "";

    public static string Finish(ServedAnswer served) => served.Answer.Label is null ? "content_filter" : "stop";

    /// <summary>Labels by probability, the likeliest first; empty where the model gives none.</summary>
    public static (string Label, double LogProbability)[] Alternatives(ServedAnswer served, int most) =>
    [
        .. (served.Answer.Probabilities ?? ImmutableSortedDictionary<string, double>.Empty).OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(most)
            .Select(pair => (pair.Key, Log(pair.Value))),
    ];

    public static double LogProbability(ServedAnswer served) =>
        served.Answer.Label is { } label && served.Answer.Probabilities?.GetValueOrDefault(label) is { } p ? Log(p) : Never;

    public static JsonArray Bytes(string text) => [.. Encoding.UTF8.GetBytes(text).Select(b => (JsonNode)(int)b)];

    /// <summary>As the provider counted, or as texts of that length usually have.</summary>
    public static JsonObject Usage(IReadOnlyList<(string Text, ServedAnswer Served)> answers)
    {
        int prompt = answers.Sum(one => one.Served.Answer.PromptTokens ?? (int)Math.Ceiling(TokenEstimate.Of(one.Text).Likely));
        int completion = answers.Sum(one => one.Served.Answer.CompletionTokens ?? 1);
        return new JsonObject { ["prompt_tokens"] = prompt, ["completion_tokens"] = completion, ["total_tokens"] = prompt + completion };
    }

    public static string Model(string asked, ServedAnswer served) => asked.Contains('@', StringComparison.Ordinal) || served.Version.Version == 0
        ? asked
        : $"{asked}@{served.Version.Version}";

    private static double Log(double probability) => probability > 0 ? Math.Max(Never, Math.Log(probability)) : Never;
}
