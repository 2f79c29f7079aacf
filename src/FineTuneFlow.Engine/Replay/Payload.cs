using System.Text;
using System.Text.Json;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Engine.Replay;

/// <summary>Values as they stand in history.</summary>
internal static class Payload
{
    public static T Read<T>(string json) => JsonSerializer.Deserialize<T>(json, FlowJson.Compact)!;

    /// <exception cref="FlowException">InvalidInput: longer than the given number of UTF-8 bytes.</exception>
    public static string Write<T>(T value, int most, string what)
    {
        string json = JsonSerializer.Serialize(value, FlowJson.Compact);
        return TooLong(json, most, what) is { } failure ? throw new FlowException(failure) : json;
    }

    public static Failure? TooLong(string json, int most, string what)
    {
        // A UTF-16 unit is at most three UTF-8 bytes: most payloads need no counting.
        if (json.Length <= most / 3 || Encoding.UTF8.GetByteCount(json) is var bytes && bytes <= most)
        {
            return null;
        }

        return new Failure(
            FailureKind.InvalidInput,
            $"The {what} has {Encoding.UTF8.GetByteCount(json)} bytes; history takes {most}",
            "Store the data as a blob and pass a reference to it");
    }
}
