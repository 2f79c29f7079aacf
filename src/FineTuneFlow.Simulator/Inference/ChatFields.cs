using System.Text.Json;
using FineTuneFlow.Simulator.Http;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>The documented fields of an inference request that decide nothing here: taken where they ask for what is done anyway,
/// refused where they ask for more. None is passed over in silence.</summary>
internal static class ChatFields
{
    /// <summary>May hold anything: they change no answer.</summary>
    private static readonly HashSet<string> Free = ["user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "service_tier"];

    private static readonly HashSet<string> OfChat =
    [
        "response_format", "tools", "tool_choice", "parallel_tool_calls", "functions", "function_call", "modalities", "audio", "prediction",
        "store", "metadata", "verbosity", "web_search_options",
    ];

    private static readonly HashSet<string> OfBoth = ["logit_bias", "presence_penalty", "frequency_penalty"];

    private static readonly HashSet<string> OfCompletion = ["best_of", "suffix"];

    /// <exception cref="ApiException">400: unknown_parameter, or unsupported_parameter where the value would have to be honoured.</exception>
    public static void Check(string name, JsonElement value, bool chat)
    {
        if (Free.Contains(name))
        {
            return;
        }

        if (!OfBoth.Contains(name) && !(chat ? OfChat : OfCompletion).Contains(name))
        {
            throw KnownFields.Unknown(name);
        }

        if (!IsHarmless(name, value))
        {
            throw KnownFields.Unsupported(name, "is not served by the simulator with this value.");
        }
    }

    /// <summary>Asks for nothing but what is done anyway.</summary>
    private static bool IsHarmless(string name, JsonElement value) => name switch
    {
        _ when value.ValueKind == JsonValueKind.Null => true,
        "response_format" => value.ValueKind == JsonValueKind.Object && value.TryGetProperty("type", out JsonElement type) && type.ValueEquals("text"),
        "logit_bias" => value.ValueKind == JsonValueKind.Object && !value.EnumerateObject().Any(),
        "presence_penalty" or "frequency_penalty" => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 0,
        "best_of" => value.ValueKind == JsonValueKind.Number && value.GetDouble() == 1,
        "store" => value.ValueKind == JsonValueKind.False,
        "modalities" => value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 1 && value[0].ValueKind == JsonValueKind.String && value[0].ValueEquals("text"),
        "verbosity" => value.ValueKind == JsonValueKind.String && value.ValueEquals("medium"),
        "tool_choice" => value.ValueKind == JsonValueKind.String && value.ValueEquals("none"),
        _ => false,
    };
}
