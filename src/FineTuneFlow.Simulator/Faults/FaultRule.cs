using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace FineTuneFlow.Simulator.Faults;

/// <summary>One rule of a fault plan. Without calls and probability it fires at every match.</summary>
internal sealed record FaultRule
{
    /// <summary>Method and path, "POST /v1/fine_tuning/jobs": * stands for a part of the path without slash, ** for any rest, and *
    /// as method for every method. JOB is the end of a training, WEBHOOK the sending of a webhook.</summary>
    public required string Match { get; init; }
    public required FaultAction Action { get; init; }
    /// <summary>Which of the matching calls, from 1.</summary>
    public ImmutableArray<int> Calls { get; init; } = [];
    /// <summary>Of each matching call, 0 to 1; drawn from the plan's seed and the call's number.</summary>
    public double? Probability { get; init; }
    /// <summary>Fires at most this often.</summary>
    public int? Times { get; init; }
    /// <summary>Seconds in a Retry-After header.</summary>
    public double? RetryAfter { get; init; }
    public int Milliseconds { get; init; } = 1000;
    public int AfterBytes { get; init; } = 256;

    /// <summary>What is wrong with the rule; null for nothing.</summary>
    public string? Problem()
    {
        bool job = Match == "JOB";
        bool webhook = Match == "WEBHOOK";
        if (!job && !webhook && !Regex.IsMatch(Match, "^(\\*|[A-Z]+) /\\S*$"))
        {
            return $"match '{Match}' is none of 'METHOD /path', JOB and WEBHOOK";
        }

        if (Probability is < 0 or > 1)
        {
            return "probability must be from 0 to 1";
        }

        if (Calls.Any(call => call < 1) || Times < 0 || RetryAfter < 0 || Milliseconds < 0 || AfterBytes < 0)
        {
            return "calls count from 1, and no number may be negative";
        }

        bool needsWebhook = Action is FaultAction.DuplicateWebhook or FaultAction.ReorderWebhook or FaultAction.DropWebhook;
        return job != (Action == FaultAction.FailJob) || webhook != needsWebhook
            ? $"action {Action} does not go with match '{Match}'"
            : null;
    }

    public bool Matches(string call)
    {
        string pattern = Regex.Escape(Match)
            .Replace("\\*\\*", ".*", StringComparison.Ordinal)
            .Replace("\\*", "[^/]*", StringComparison.Ordinal);
        return Regex.IsMatch(call, $"^{pattern.Replace("\\ ", " ", StringComparison.Ordinal)}$");
    }
}
