using System.Text;
using System.Text.Json.Serialization;

namespace FineTuneFlow.Core.Failures;

/// <summary>What went wrong, where, and what to do about it. Goes through history, logs and HTTP as it is, so it never
/// holds texts of the data set, prompts or keys.</summary>
/// <param name="Kind">The kind that decisions ask.</param>
/// <param name="Message">One sentence for a person.</param>
/// <param name="Remedy">What the person can do.</param>
/// <param name="Location">The place in an input file, if there is one.</param>
/// <param name="Field">The field of a request, recipe or setting, as a path (<c>dataset.split.test</c>).</param>
/// <param name="RetryAfter">How long the other side asked to wait.</param>
public sealed record Failure(
    FailureKind Kind,
    string Message,
    string? Remedy = null,
    SourceLocation? Location = null,
    string? Field = null,
    TimeSpan? RetryAfter = null)
{
    /// <summary>Whether the same call may be made again without a person changing anything. Ambiguous failures count:
    /// every attempt of a paid call begins by looking for what an earlier attempt has left.</summary>
    [JsonIgnore]
    public bool IsRetryable => Kind is FailureKind.Throttled or FailureKind.Unavailable or FailureKind.Ambiguous;

    public override string ToString()
    {
        var text = new StringBuilder();
        if (Location is not null)
        {
            text.Append(Location).Append(": ");
        }
        else if (Field is not null)
        {
            text.Append(Field).Append(": ");
        }

        text.Append(Message);
        if (Remedy is not null)
        {
            text.Append(text[^1] is '.' or '?' or '!' ? " " : ". ").Append(Remedy);
        }

        return text.ToString();
    }
}
