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
        int bytes = Encoding.UTF8.GetByteCount(json);
        return bytes <= most ? null : new Failure(
            FailureKind.InvalidInput, $"The {what} has {bytes} bytes; history takes {most}", "Store the data as a blob and pass a reference to it");
    }
}
