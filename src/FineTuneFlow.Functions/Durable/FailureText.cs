using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Functions.Durable;

/// <summary>How a failure travels through Durable Functions. Between worker and host an exception is no more than a type name
/// and the first line of its message, so the failure goes as one line of JSON behind a mark, and is found again in whatever
/// the host or a backend has put around it. See docs/decisions/functions-adapter.md.</summary>
public static class FailureText
{
    private const string Mark = "FTF1 ";

    /// <summary>One line without ": ", at which the host cuts a message into a type and a rest. Compact JSON has it only inside
    /// strings, where the blank can be escaped.</summary>
    public static string Write(Failure failure) =>
        Mark + JsonSerializer.Serialize(failure, FlowJson.Compact).Replace(": ", ":\\u0020", StringComparison.Ordinal);

    /// <summary>The failure in the message; null when there is none.</summary>
    public static Failure? Read(string? message)
    {
        int mark = message?.IndexOf(Mark + "{", StringComparison.Ordinal) ?? -1;
        if (mark < 0)
        {
            return null;
        }

        // Stack traces and closing words may follow: one JSON value is read and the rest is left.
        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(message![(mark + Mark.Length)..]), isFinalBlock: true, state: default);
        try
        {
            return JsonSerializer.Deserialize<Failure>(ref reader, FlowJson.Compact);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
