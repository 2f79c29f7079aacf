using System.Text.Json;
using FineTuneFlow.Core.Files;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Cli.Stack;

/// <summary><c>stack.json</c> in the home folder: where the running stack answers, so that the other commands find it.</summary>
/// <param name="Host">Address of the host.</param>
/// <param name="Process">Of the command that keeps it.</param>
/// <param name="Services">Processes of its services, by name.</param>
public sealed record StackFile(Uri Host, int Process, IReadOnlyDictionary<string, int> Services)
{
    public static string PathIn(string home) => Path.Combine(home, "stack.json");

    /// <summary>Null when no stack was started there, or it has stopped in order.</summary>
    public static StackFile? Read(string home)
    {
        try
        {
            return JsonSerializer.Deserialize<StackFile>(File.ReadAllBytes(PathIn(home)), FlowJson.Compact);
        }
        catch (Exception exception) when (exception is IOException or JsonException)
        {
            return null;
        }
    }

    public void Write(string home) => WholeFile.Write(PathIn(home), JsonSerializer.SerializeToUtf8Bytes(this, FlowJson.Indented));

    public static void Remove(string home) => File.Delete(PathIn(home));
}
