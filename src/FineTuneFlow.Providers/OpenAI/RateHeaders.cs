using System.ClientModel.Primitives;
using System.Globalization;
using System.Text.RegularExpressions;
using FineTuneFlow.Core.Evaluation;

namespace FineTuneFlow.Providers.OpenAI;

/// <summary>Reads <c>x-ratelimit-limit-requests</c>, <c>-remaining-requests</c> and <c>-reset-requests</c>. The reset comes as
/// "1s", "6m0s", "120ms" or plain seconds.</summary>
internal static partial class RateHeaders
{
    public static RateLimitNote? Read(PipelineResponseHeaders headers) =>
        headers.TryGetValue("x-ratelimit-remaining-requests", out string? remaining)
        && headers.TryGetValue("x-ratelimit-limit-requests", out string? limit)
        && headers.TryGetValue("x-ratelimit-reset-requests", out string? reset)
        && int.TryParse(remaining, NumberStyles.None, CultureInfo.InvariantCulture, out int left)
        && int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out int all)
        && left <= all
        && Duration(reset) is { } until
            ? new RateLimitNote(all, left, until)
            : null;

    public static TimeSpan? Duration(string? text)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds))
        {
            return seconds < 86_400 * 30 ? TimeSpan.FromSeconds(seconds) : null;
        }

        if (text is null || !WholeDuration().IsMatch(text))
        {
            return null;
        }

        double total = 0;
        foreach (Match part in Part().Matches(text))
        {
            double number = double.Parse(part.Groups[1].ValueSpan, CultureInfo.InvariantCulture);
            total += number * part.Groups[2].Value switch { "ms" => 0.001, "s" => 1, "m" => 60, "h" => 3600, _ => 86_400 };
        }

        return total < 86_400 * 30 ? TimeSpan.FromSeconds(total) : null;
    }

    [GeneratedRegex(@"^(\d+(\.\d+)?(ms|s|m|h|d))+$")]
    private static partial Regex WholeDuration();

    [GeneratedRegex(@"(\d+(?:\.\d+)?)(ms|s|m|h|d)")]
    private static partial Regex Part();
}
