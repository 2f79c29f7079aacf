namespace FineTuneFlow.Simulator.Faults;

/// <summary>How an answer deviates from the documented one; faults set it for a request.</summary>
/// <param name="Base64Content">File contents come base64-encoded.</param>
/// <param name="Azure">Dates as ISO text, nulls and missing members, <c>pending</c>.</param>
/// <param name="ShuffledEvents">Lists of events follow no time.</param>
internal sealed record AnswerShape(bool Base64Content = false, bool Azure = false, bool ShuffledEvents = false)
{
    private static readonly AnswerShape Documented = new();

    public static AnswerShape Of(HttpContext http) => http.Features.Get<AnswerShape>() ?? Documented;
}
