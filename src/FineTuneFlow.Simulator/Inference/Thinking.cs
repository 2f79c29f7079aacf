using FineTuneFlow.Simulator.Http;
using FineTuneFlow.Simulator.Models;

namespace FineTuneFlow.Simulator.Inference;

/// <summary>What models that think before they answer refuse, and how many tokens their thinking takes.</summary>
internal static class Thinking
{
    private const string Standard = "medium";

    /// <returns>Tokens of thinking; 0 where the model does not think.</returns>
    /// <exception cref="ApiException">400: a field that the model does not take with this effort.</exception>
    public static int Of(InferenceRequest request, BaseModel model)
    {
        if (model.Efforts.Length == 0)
        {
            return request.ReasoningEffort is null ? 0 : throw KnownFields.Unknown("reasoning_effort");
        }

        string effort = request.ReasoningEffort ?? Standard;
        if (!model.Efforts.Contains(effort))
        {
            throw new ApiException(
                400,
                $"Unsupported value: 'reasoning_effort' does not support '{effort}' with this model. Supported values are: {string.Join(", ", model.Efforts.Select(one => $"'{one}'"))}.",
                "unsupported_value",
                "reasoning_effort");
        }

        if (request.Given.Contains("max_tokens"))
        {
            throw new ApiException(
                400, "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.", "unsupported_parameter", "max_tokens");
        }

        if (effort == "none")
        {
            return 0;
        }

        if (request.Given.Contains("temperature") && request.Temperature != 1)
        {
            throw new ApiException(
                400,
                "Unsupported value: 'temperature' does not support this value with this model. Only the default (1) value is supported.",
                "unsupported_value",
                "temperature");
        }

        foreach (string name in (string[])["logprobs", "top_logprobs", "top_p"])
        {
            if (request.Given.Contains(name))
            {
                throw new ApiException(400, $"Unsupported parameter: '{name}' is not supported with this model.", "unsupported_parameter", name);
            }
        }

        return effort switch { "low" => 64, "medium" => 192, "high" => 512, _ => 1024 };
    }
}
