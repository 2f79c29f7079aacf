using System.Text.Json;
using FineTuneFlow.Cli.Output;
using FineTuneFlow.Core.Failures;
using FineTuneFlow.Core.Json;

namespace FineTuneFlow.Cli.CommandLine;

/// <summary>Writes a failure to standard error: for a person, or as problem JSON (RFC 9457) for a script.</summary>
public static class FailureWriter
{
    public static void Write(Terminal terminal, Failure failure)
    {
        if (terminal.Json)
        {
            terminal.Error.WriteLine(JsonSerializer.Serialize(
                new Problem(
                    $"urn:finetuneflow:{JsonNamingPolicy.KebabCaseLower.ConvertName(failure.Kind.ToString())}",
                    failure.Message,
                    failure.Kind,
                    ExitCode.Of(failure.Kind),
                    failure.Field,
                    failure.Location,
                    failure.Remedy),
                FlowJson.Indented));
            return;
        }

        string place = failure.Location?.ToString() ?? failure.Field ?? "";
        // "top: top is not a number" says it twice.
        place = failure.Message.StartsWith(place, StringComparison.Ordinal) ? "" : place;
        bool red = terminal.ShowsProgress;
        terminal.Error.WriteLine($"{(red ? "\e[1;31merror:\e[0m" : "error:")} {Printable.Of($"{(place.Length > 0 ? $"{place}: " : "")}{failure.Message}")}");
        if (failure.Remedy is not null)
        {
            terminal.Error.WriteLine(Printable.Of($"       {failure.Remedy}"));
        }
    }

    private sealed record Problem(string Type, string Title, FailureKind Kind, int ExitCode, string? Field, SourceLocation? Location, string? Remedy);
}
